import type { IDataObject, ITriggerFunctions } from 'n8n-workflow';
import { AgentClubError } from '../../client/errors';
import type { FilterSettings } from '../../client/inbound/intake/filter';
import { GUIDE_PLACEHOLDER } from '../../client/inbound/item/mention-guide';
import type { PreparationSettings } from '../../client/inbound/item/prepare';
import type { AcknowledgeMode } from '../../client/inbound/lanes/settlement';
import type { SubscriptionSettings } from '../../client/inbound/trigger-port';
import { loggable } from '../../client/logger';
import { type IdKind, kindOfId } from '../../client/protocol/id-as-written';
import { handoverMargin } from '../shared/execution-mode';
import type { MessageJsonSettings } from '../shared/message-json';
import { flagOf } from '../shared/flag';
import { positiveVariable } from '../shared/n8n-variables';
import { oneOf, wrongValue } from '../shared/one-of';

/**
 * Every parameter of the trigger, read once while `trigger()` runs. In later callbacks n8n's
 * expression engine is gone (docs/decisions.md, "Talking to n8n").
 */

/** What the item is built by. */
export interface ItemSettings extends MessageJsonSettings {
	readonly binaryPropertyName: string;
	readonly includeRaw: boolean;
}

export interface TriggerSettings {
	readonly subscription: SubscriptionSettings;
	readonly preparation: PreparationSettings;
	readonly item: ItemSettings;
}

const MODES: readonly AcknowledgeMode[] = ['immediately', 'onCompletion', 'onSuccess', 'manually'];
const KINDS = ['*', 'human', 'agent'];
const DOWNLOADS = ['all', 'images', 'none'] as const;
const BACKLOGS = ['all', 'recent', 'skip'] as const;
const GUIDES = ['field', 'chatInput', 'off'] as const;

/** Seconds that a chat waits for an execution where neither workflow nor instance has a timeout. */
const DEFAULT_LANE_TIMEOUT = 600;
/** Seconds beyond that timeout. */
const LANE_TIMEOUT_MARGIN = 30;

/** @throws AgentClubError SETTINGS, naming the parameter and its value */
export function readSettings(context: ITriggerFunctions): TriggerSettings {
	const options = new Options(context.getNodeParameter('options', {}) as IDataObject);
	const collectSeconds = options.number('Collect Seconds', 'collectSeconds', 0, 0);
	return {
		subscription: {
			filter: readFilter(context, options),
			acknowledge: oneOf(
				'Mark as Read',
				context.getNodeParameter('acknowledge', 'onCompletion'),
				MODES,
			),
			handoverMargin: handoverMargin(),
			parallelExecutions: parallel(
				options.number('Parallel Executions', 'parallelExecutions', 20, -1),
			),
			laneTimeout:
				1000 *
				options.number(
					'Longest Wait for an Execution',
					'laneTimeout',
					defaultLaneTimeout(context),
					1,
				),
			retries: options.number('Retries', 'retries', 3, 0),
			retryDelay: 1000 * options.number('Retry Delay', 'retryDelay', 5, 0),
			failureReply: options.text('failureReply', ''),
			showTyping: options.flag('Show Typing', 'showTyping', true),
			agentTurns: {
				most: options.number('Max Agent Turns', 'maxAgentTurns', 20, 0),
				pause: 60_000 * options.number('Agent Turns Reset', 'agentTurnsReset', 10, 0),
			},
			collect: {
				pause: 1000 * collectSeconds,
				most: 1000 * options.number('Collect Max Seconds', 'collectMaxSeconds', 30, 1),
			},
			recentFiles: 60_000 * options.number('Recent Files', 'recentFiles', 5, 0),
			backlog: {
				keep: oneOf('Backlog', options.value('backlog', 'all'), BACKLOGS),
				maxAge: 60_000 * options.number('Backlog Max Age', 'backlogMaxAge', 1440, 0),
			},
		},
		preparation: {
			download: oneOf(
				'Download Attachments',
				options.value('downloadAttachments', 'all'),
				DOWNLOADS,
			),
			maxBytes: Math.floor(
				1024 * 1024 * options.number('Max Attachment Size', 'maxAttachmentSize', 10, 0),
			),
			includeRoster: options.flag('Include Roster', 'includeRoster', true),
			rosterMaxAge: 1000 * options.number('Roster Max Age', 'rosterMaxAge', 300, 0),
			contextMessages: Math.floor(options.number('Context Messages', 'contextMessages', 0, 0)),
		},
		item: {
			binaryPropertyName: options.text('binaryPropertyName', 'data').trim() || 'data',
			senderPrefix: options.flag('Sender Prefix', 'senderPrefix', true),
			mentionGuideText: guideText(context, options),
			collected: collectSeconds > 0,
			mentionGuide: oneOf('Mention Guide', options.value('mentionGuide', 'field'), GUIDES),
			ignoreMentionAll: options.flag('Ignore @All', 'ignoreMentionAll', false),
			includeRaw: options.flag('Include Raw Message', 'includeRaw', false),
		},
	};
}

/** Why a trigger with these settings lets nobody through, or undefined. */
export function deniesEverybody({ allowFrom, allowFromKind }: FilterSettings): string | undefined {
	const empty = [
		allowFrom.size === 0 && '"Allow From"',
		allowFromKind.size === 0 && '"Allow From Kind"',
	].filter(Boolean);
	if (empty.length === 0) return undefined;
	const are = empty.length === 1 ? 'is' : 'are';
	return (
		`${empty.join(' and ')} ${are} empty, so nobody may start this workflow. The trigger does ` +
		'not connect, and nothing is marked as read. Choose who may, or "Anyone".'
	);
}

function readFilter(context: ITriggerFunctions, options: Options): FilterSettings {
	const kinds = idsOf('Allow From Kind', context.getNodeParameter('allowFromKind', []));
	const wrong = kinds.find((kind) => !KINDS.includes(kind));
	if (wrong !== undefined) throw wrongValue('Allow From Kind', wrong, KINDS);
	return {
		chats: new Set(idsOf('Chats', options.value('chats', [])).map(oneId('Chats', 'chat'))),
		allowFrom: new Set(
			idsOf('Allow From', context.getNodeParameter('allowFrom', [])).map(
				oneId('Allow From', 'user'),
			),
		),
		allowFromKind: new Set(kinds),
		requireMention: flagOf(
			'Require Mention',
			context.getNodeParameter('requireMention', true),
			true,
		),
		ignoreMentionAll: options.flag('Ignore @All', 'ignoreMentionAll', false),
	};
}

/**
 * The editor makes an expression of a text by itself once "{{" stands in it, and as one our own
 * placeholders would be empty.
 * @throws AgentClubError SETTINGS where they stand beside expressions
 */
function guideText(context: ITriggerFunctions, options: Options): string {
	const { options: raw } = context.getNode().parameters;
	const written = (raw as IDataObject | undefined)?.mentionGuideText;
	const rest = typeof written === 'string' ? written.replaceAll(GUIDE_PLACEHOLDER, '') : undefined;
	if (typeof written !== 'string' || !written.startsWith('=') || rest === written)
		return options.text('mentionGuideText', '');
	if (rest?.includes('{{'))
		throw new AgentClubError(
			'SETTINGS',
			'"Mention Guide Text" has {{agent}} or {{roster}} beside an expression',
			{ remedy: 'Switch the field from "Expression" to "Fixed", and leave expressions out.' },
		);
	return written.slice(1);
}

function parallel(value: number): number {
	return value <= 0 ? Number.POSITIVE_INFINITY : value;
}

function defaultLaneTimeout(context: ITriggerFunctions): number {
	const own = context.getWorkflowSettings().executionTimeout;
	// -1 means that this workflow has none, whatever the instance has.
	const timeout = typeof own === 'number' ? own : positiveVariable('EXECUTIONS_TIMEOUT');
	return timeout && timeout > 0 ? timeout + LANE_TIMEOUT_MARGIN : DEFAULT_LANE_TIMEOUT;
}

/**
 * The list of a multi-options field. An expression may also give one text with commas, or the JSON
 * of a list.
 * @throws AgentClubError SETTINGS for what cannot be an id: nobody would ever pass
 */
function idsOf(field: string, value: unknown): string[] {
	if (value === null || value === undefined) return [];
	return (Array.isArray(value) ? value : listIn(field, value))
		.filter((entry) => entry !== null && entry !== undefined)
		.map((entry) => {
			const id = typeof entry === 'string' || typeof entry === 'number' ? `${entry}`.trim() : '{';
			// No server makes ids with these; a name, a sentence or broken JSON has them.
			if (/[\s"'`<>()[\]{},;]/.test(id)) throw noIds(field, entry);
			return id;
		})
		.filter((id) => id !== '');
}

/** What people write who mean "Anyone" or every chat. */
const EVERYBODY = /^(?:any|all|anyone|anybody|everyone|everybody)$/i;

/**
 * Reads an ID as people and expressions write it, with an @ or # before it.
 * @throws AgentClubError SETTINGS for an address, a word for everybody or an ID of something else:
 * nobody would ever pass
 */
function oneId(field: string, wanted: IdKind): (entry: string) => string {
	return (entry) => {
		const id = entry.replace(/^[@＠#]+/, '');
		if (id === '' || id.includes('@') || EVERYBODY.test(id)) throw noIds(field, entry);
		const kind = kindOfId(id) ?? wanted;
		if (kind !== wanted) throw noIds(field, entry, `the ID of a ${kind}`);
		return id;
	};
}

function listIn(field: string, value: unknown): unknown[] {
	if (typeof value === 'number') return [value];
	if (typeof value !== 'string') throw noIds(field, value);
	if (!/^\s*[["{]/.test(value)) return value.split(',');
	try {
		const read: unknown = JSON.parse(value);
		if (Array.isArray(read)) return read;
		if (typeof read === 'string') return [read];
	} catch {
		// Broken JSON is no list either.
	}
	throw noIds(field, value);
}

function noIds(field: string, value: unknown, what = 'no ID'): AgentClubError {
	const shown = loggable(typeof value === 'string' ? `"${value}"` : JSON.stringify(value));
	return new AgentClubError('SETTINGS', `"${field}" has the value ${shown}, which is ${what}`, {
		remedy:
			'Choose from the list, or let the expression give a list of IDs: ' +
			'{{ ["u_1f0c", "u_2a9b"] }}. In "Allow From", "*" is anyone; without "Chats" all count.',
	});
}

/** The collection of optional parameters, each with its default. */
class Options {
	constructor(private readonly values: IDataObject) {}

	value(name: string, fallback: unknown): unknown {
		return this.values[name] ?? fallback;
	}

	/** @throws AgentClubError SETTINGS */
	flag(field: string, name: string, fallback: boolean): boolean {
		return flagOf(field, this.values[name], fallback);
	}

	text(name: string, fallback: string): string {
		const value = this.value(name, fallback);
		return typeof value === 'string' || typeof value === 'number' ? String(value) : fallback;
	}

	/** @throws AgentClubError SETTINGS for what is no number or below the least one */
	number(field: string, name: string, fallback: number, least: number): number {
		const value = this.value(name, fallback);
		const number = numberIn(value, fallback);
		if (Number.isFinite(number) && number >= least) return number;
		const shown = typeof value === 'number' ? String(value) : loggable(JSON.stringify(value));
		throw new AgentClubError('SETTINGS', `"${field}" has the value ${shown}`, {
			remedy: `Give a number that is not below ${least}.`,
		});
	}
}

/** NaN for what is no number and no text of one: an empty list would be 0, which is no limit. */
function numberIn(value: unknown, fallback: number): number {
	if (typeof value === 'number') return value;
	if (typeof value !== 'string') return Number.NaN;
	return value.trim() === '' ? fallback : Number(value);
}
