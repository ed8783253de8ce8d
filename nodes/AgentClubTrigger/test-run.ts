import type { ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';
import { type AgentRegistry, agentRegistry } from '../../client/agent/registry';
import type { AgentSession } from '../../client/agent/agent-session';
import { judge, listensTo, type SkipReason } from '../../client/inbound/intake/filter';
import { prepareMessage } from '../../client/inbound/item/prepare';
import { findRecentFiles, NO_EARLIER_FILES } from '../../client/inbound/item/recent-files';
import type { Observer } from '../../client/inbound/intake/observers';
import { AgentClubError, describeError } from '../../client/errors';
import type { Logger } from '../../client/logger';
import type { Message } from '../../client/protocol/message';
import { binarySink } from '../shared/binary-sink';
import { nodeCredentials } from '../shared/credentials';
import { toNodeError } from '../shared/errors';
import { startExecution } from './deliver';
import { buildItem } from './items';
import { deniesEverybody, type TriggerSettings } from './settings';

/**
 * ms for the connection, and ms for a message: SIGTERM does not end a waiting test, so it needs a
 * limit of its own (measured).
 */
const CONNECT_DEADLINE = 20_000;
const WAIT_DEADLINE = 300_000;

/**
 * "Execute step": takes one live message that passes the filters. It connects in
 * `manualTriggerFunction`, for "Stop" while `trigger()` is pending would never call the close
 * function (measured), and looks at `closed` after each wait.
 * @throws AgentClubError SETTINGS where the filters let nobody through
 */
export function testRun(
	context: ITriggerFunctions,
	settings: TriggerSettings,
	logger: Logger,
	registry: AgentRegistry = agentRegistry(),
	marks = !isWorker(process.argv),
): ITriggerResponse {
	const denied = deniesEverybody(settings.subscription.filter);
	if (denied !== undefined) throw new AgentClubError('SETTINGS', denied);
	const closed = new AbortController();
	return {
		manualTriggerFunction: async () => {
			try {
				await takeOneMessage(context, settings, logger, registry, marks, closed.signal);
			} catch (error) {
				if (!closed.signal.aborted) context.emitError(toNodeError(context.getNode(), error));
			}
		},
		closeFunction: () => {
			closed.abort();
			return Promise.resolve();
		},
	};
}

/**
 * Whether the process was started as `n8n worker`: with OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS test
 * runs come there. The published triggers run in the main, so that nobody here knows what they are
 * working on: a test run then marks nothing.
 */
export function isWorker(argv: readonly string[]): boolean {
	return argv[2] === 'worker';
}

async function takeOneMessage(
	context: ITriggerFunctions,
	settings: TriggerSettings,
	logger: Logger,
	registry: AgentRegistry,
	marks: boolean,
	signal: AbortSignal,
): Promise<void> {
	const credentials = await nodeCredentials(context);
	if (signal.aborted) return;
	const session = registry.session(credentials, logger);
	const release = session.lease();
	try {
		await session.whenReady(CONNECT_DEADLINE, signal);
		logger.info('Waiting for one live message that passes the filters');
		const taken = await firstMessage(session, settings, logger, signal);
		let started = false;
		try {
			started = await handOver(context, settings, session, taken.message, signal);
		} finally {
			if (started && marks) session.inbox.settleObserved(taken.message, taken.observer);
			else session.inbox.gaveBack(taken.message.id, taken.observer);
			taken.stop();
		}
	} finally {
		release();
	}
}

/**
 * Answers whether an execution was started: "Stop listening" may come while the message is being
 * prepared.
 */
async function handOver(
	context: ITriggerFunctions,
	settings: TriggerSettings,
	session: AgentSession,
	message: Message,
	signal: AbortSignal,
): Promise<boolean> {
	const agent = session.inbox.context;
	if (!agent)
		throw new AgentClubError(
			'OFFLINE',
			'The connection was lost while the message was being prepared',
		);
	const { subscription } = settings;
	const earlierFiles = await findRecentFiles(
		message,
		subscription,
		agent.identity.userId,
		agent.past,
	);
	const prepared = await prepareMessage(
		{
			messages: [message],
			earlierFiles: earlierFiles ?? [],
			problems: earlierFiles ? [] : [NO_EARLIER_FILES],
		},
		settings.preparation,
		agent,
		binarySink(context.helpers),
	);
	if (signal.aborted) return false;
	const item = buildItem(prepared, settings.item, { source: 'test', attempt: 1 });
	startExecution(context, item).catch((error: unknown) => {
		context.logger.warn(`[Agent Club] The test was not started: ${describeError(error)}`);
	});
	return true;
}

interface Taken {
	readonly message: Message;
	readonly observer: Observer;
	readonly stop: () => void;
}

/**
 * Rejects on "Stop listening", and after five minutes with the filters that turned messages away
 * meanwhile.
 */
function firstMessage(
	session: AgentSession,
	settings: TriggerSettings,
	logger: Logger,
	signal: AbortSignal,
): Promise<Taken> {
	const { filter } = settings.subscription;
	const turnedAway = new Map<SkipReason, number>();
	return new Promise((resolve, reject) => {
		let taken = false;
		const observer: Observer = {
			see(message, selfId) {
				if (taken || !listensTo(filter, message.chat)) return false;
				const reason = judge(filter, message, selfId);
				if (reason) {
					turnedAway.set(reason, (turnedAway.get(reason) ?? 0) + 1);
					logger.info(
						`A message was turned away by the filters (${reason}); waiting for the next one`,
					);
					return false;
				}
				taken = true;
				timer.cancel();
				resolve({ message, observer, stop });
				return true;
			},
		};
		const stop = session.inbox.observe(observer);
		const timer = session.clock.after(WAIT_DEADLINE, () => {
			stop();
			reject(nothingCame(turnedAway));
		});
		signal.addEventListener('abort', () => {
			timer.cancel();
			stop();
			reject(new AgentClubError('CANCELLED', 'Listening was stopped'));
		});
	});
}

function nothingCame(turnedAway: ReadonlyMap<SkipReason, number>): AgentClubError {
	const reasons = Array.from(turnedAway, ([reason, count]) => `${count} (${reason})`).join(', ');
	return new AgentClubError(
		'TIMEOUT',
		`No message that passes the filters arrived within ${WAIT_DEADLINE / 60_000} minutes`,
		{
			remedy: reasons
				? `The filters turned messages away: ${reasons}. Change the filters, or write a ` +
					'message that passes them.'
				: 'Write to the agent while the step is waiting: in a direct chat, or in a group with ' +
					'a mention of the agent.',
		},
	);
}
