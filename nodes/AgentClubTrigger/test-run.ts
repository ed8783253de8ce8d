import type { ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';
import { type AgentRegistry, agentRegistry } from '../../client/agent/registry';
import type { AgentSession } from '../../client/agent/agent-session';
import { type Clock, EXPIRED, withDeadline } from '../../client/clock';
import { skipReason, listensTo, type SkipReason } from '../../client/inbound/intake/filter';
import type { Outcome } from '../../client/inbound/lanes/settlement';
import { prepareMessage } from '../../client/inbound/item/prepare';
import { findRecentFiles, NO_EARLIER_FILES } from '../../client/inbound/item/recent-files';
import type { Observer } from '../../client/inbound/intake/observers';
import { AgentClubError } from '../../client/errors';
import type { Logger } from '../../client/logger';
import type { Message } from '../../client/protocol/message';
import { binarySink } from '../shared/binary-sink';
import { nodeCredentials } from '../shared/credentials';
import { toNodeError } from '../shared/errors';
import { startExecution } from './deliver';
import { buildItem } from './items';
import { deniesEverybody, type TriggerSettings } from './settings';

/**
 * ms for the connection, and ms for a message. A test that waits needs its own limit, because
 * SIGTERM does not end it.
 */
const CONNECT_DEADLINE = 20_000;
const WAIT_DEADLINE = 300_000;
/** ms that a test's message waits for the end of the test, which is when it is marked. */
const TEST_DEADLINE = 600_000;

/**
 * Tests that are connecting or waiting, by workflow and node. n8n does not close every test that is
 * stopped. Such a test would take the next message, and hand it to an execution that is over.
 */
const waiting = new Map<string, AbortController>();

/** Why a test ends without an error: "Stop listening". */
const STOPPED = 'stopped';

/** Of this one n8n still waits for the end, because it has not stopped it. */
function replaced(): AgentClubError {
	return new AgentClubError('CANCELLED', 'Another test of this step has taken its place');
}

/**
 * "Execute step": takes one live message that passes the filters. It connects in
 * `manualTriggerFunction`, because "Stop" calls no close function while `trigger()` is pending. It
 * looks at `closed` after each wait.
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
	const key = [context.getWorkflow().id ?? '', context.getNode().id].join(':');
	return {
		manualTriggerFunction: async () => {
			waiting.get(key)?.abort(replaced());
			waiting.set(key, closed);
			try {
				await takeOneMessage(context, settings, logger, registry, marks, closed.signal);
			} catch (error) {
				const reason: unknown = closed.signal.aborted ? closed.signal.reason : error;
				if (reason !== STOPPED) context.emitError(toNodeError(context, reason));
			} finally {
				if (waiting.get(key) === closed) waiting.delete(key);
			}
		},
		closeFunction: () => {
			closed.abort(STOPPED);
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
	let taken: Taken | undefined;
	let started: Started | undefined;
	try {
		await session.whenReady(CONNECT_DEADLINE, signal);
		logger.info('Waiting for one live message that passes the filters');
		taken = await firstMessage(session, settings, logger, signal);
		started = await handOver(context, settings, session, taken.message, signal);
	} finally {
		taken?.stop();
		// n8n runs the rest of the test once this has resolved, so nobody waits for its end here.
		void settleTest(session, taken, marks ? started?.ended : undefined).finally(release);
	}
}

/**
 * The message is marked when the test has ended by itself. Without an end it goes back unread:
 * nobody ran it, or it was stopped halfway.
 */
async function settleTest(
	{ inbox, clock }: AgentSession,
	taken: Taken | undefined,
	ended: Promise<Outcome> | undefined,
): Promise<void> {
	if (!taken) return;
	const outcome = ended && (await endOf(ended, clock));
	if (outcome === 'success' || outcome === 'failed') inbox.settleObserved(taken.message);
	else inbox.giveBackObserved(taken.message);
}

async function endOf(ended: Promise<Outcome>, clock: Clock): Promise<Outcome> {
	try {
		const outcome = await withDeadline(clock, TEST_DEADLINE, ended, { background: true });
		return outcome === EXPIRED ? 'overdue' : outcome;
	} catch {
		return 'notCreated';
	}
}

/**
 * Starts the rest of the test; undefined where "Stop listening" came while the message was being
 * prepared.
 */
async function handOver(
	context: ITriggerFunctions,
	settings: TriggerSettings,
	session: AgentSession,
	message: Message,
	signal: AbortSignal,
): Promise<Started | undefined> {
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
	if (signal.aborted) return undefined;
	const item = buildItem(prepared, settings.item, { source: 'test', attempt: 1 });
	const ended = startExecution(context, item);
	// On a worker nobody waits for it.
	ended.catch(() => undefined);
	return { ended };
}

interface Started {
	readonly ended: Promise<Outcome>;
}

interface Taken {
	readonly message: Message;
	readonly stop: () => void;
}

/** A published trigger leaves messages of other chats alone; who waits for one wants to know. */
type TestSkipReason = SkipReason | 'chat';

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
	const turnedAway = new Map<TestSkipReason, number>();
	return new Promise((resolve, reject) => {
		let taken = false;
		const observer: Observer = {
			see(message, selfId) {
				if (taken) return false;
				const reason = listensTo(filter, message.chat)
					? skipReason(filter, message, selfId)
					: 'chat';
				if (reason) {
					turnedAway.set(reason, (turnedAway.get(reason) ?? 0) + 1);
					logger.info(
						`A message was turned away by the filters (${reason}); waiting for the next one`,
					);
					return false;
				}
				taken = true;
				timer.cancel();
				resolve({ message, stop });
				return true;
			},
		};
		const stop = session.inbox.observe(observer);
		const timer = session.clock.after(WAIT_DEADLINE, () => {
			stop();
			reject(nothingCame(turnedAway));
		});
		const cancel = () => {
			timer.cancel();
			stop();
			reject(new AgentClubError('CANCELLED', 'Listening was stopped'));
		};
		signal.addEventListener('abort', cancel);
		if (signal.aborted) cancel();
	});
}

function nothingCame(turnedAway: ReadonlyMap<TestSkipReason, number>): AgentClubError {
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
