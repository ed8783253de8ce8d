import {
	type IDataObject,
	type IExecuteFunctions,
	type INodeProperties,
	updateDisplayOptions,
} from 'n8n-workflow';
import { AgentClubError } from '../../../../client/errors';
import { loggable } from '../../../../client/logger';
import { type IdField, idsAsWritten, kindOfId } from '../../../../client/protocol/id-as-written';
import { triggerField } from '../../chats/triggering-chat';
import {
	CONNECT_DEADLINE,
	json,
	type Operation,
	type OperationContext,
	type OperationResult,
} from '../operation';

const properties: INodeProperties[] = [
	{
		displayName: 'Message ID',
		name: 'messageId',
		type: 'string',
		required: true,
		default: '={{ $json.messageId }}',
		description:
			'The messageId that the Agent Club Trigger gives out. Everything earlier in that chat ' +
			'is marked as read with it. Behind other nodes, drag it here from the output of the trigger.',
	},
];

async function execute(
	{ host, session, signal }: OperationContext,
	itemIndex: number,
): Promise<OperationResult> {
	const ids = messageIds(host, itemIndex);
	await session.markRead(ids, CONNECT_DEADLINE, signal);
	return json({ marked: true });
}

const FIELD: IdField = {
	name: 'Message ID',
	keys: ['messageId', 'id'],
	examples: ['msg_1', 'msg_2'],
	takes: 'the messageId that the Agent Club Trigger gives out',
};

/**
 * IDs as the servers make them: "msg_" and 32 hexadecimal digits, on the oldest the digits alone.
 * Other forms of a random ID pass too. A word is none.
 */
const ID = /^(?:msg_[\w-]{1,124}|(?=.*\d)[\w-]{16,128})$/;
/** A frame has to stay far below the server's limit, at which it drops the connection. */
const MOST_IDS = 1000;

/**
 * The server takes anything for an ID and says nothing about one that it does not know.
 * @throws AgentClubError SETTINGS for what can be no message's ID
 */
function messageIds(host: IExecuteFunctions, itemIndex: number): string[] {
	const ids = idsAsWritten(host.getNodeParameter('messageId', itemIndex, ''), FIELD);
	const wrong =
		ids.map(wrongWith).find((text) => text !== undefined) ??
		wrongNumber(ids) ??
		(isOwn(host.getInputData()[itemIndex]?.json, ids)
			? "is that of the agent's own message"
			: undefined);
	if (wrong === undefined) return ids;
	const expression = triggerField(host, itemIndex, 'messageId');
	throw new AgentClubError('SETTINGS', `"Message ID" ${wrong}`, {
		remedy:
			'Use the messageId that the Agent Club Trigger gives out' +
			(expression === undefined ? '.' : `: ${expression}`),
	});
}

/**
 * Whether this is what Send says it has sent. A mark at it would pass whatever people have written
 * while the workflow ran.
 */
function isOwn(json: IDataObject | undefined, ids: readonly string[]): boolean {
	return json?.sent === true && ids.some((id) => id === json.messageId);
}

function wrongNumber({ length }: readonly string[]): string | undefined {
	if (length === 0) return 'is empty';
	return length > MOST_IDS ? `has ${length} IDs, and at most ${MOST_IDS} go at a time` : undefined;
}

function wrongWith(id: string): string | undefined {
	const kind = kindOfId(id) ?? 'message';
	if (kind !== 'message') return `is the ID of a ${kind}: ${loggable(id)}`;
	return ID.test(id) ? undefined : `is no ID of a message: ${loggable(id)}`;
}

export const markAsRead: Operation = {
	description: updateDisplayOptions(
		{ show: { resource: ['message'], operation: ['markAsRead'] } },
		properties,
	),
	execute,
};
