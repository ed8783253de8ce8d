import type { Confirmation } from '../../client/outbound/pending-send';
import type { Generation } from '../../playground/club/club';
import type { ActingTrigger } from '../support/acting-trigger';
import { AgentHarness } from '../support/agent-harness';
import type { Direction, Ending } from '../support/link';

/**
 * Where the connection breaks: after so many bytes (or writes) of that direction, counted from the
 * first one.
 */
interface Cut {
	readonly direction: Direction;
	readonly unit: 'bytes' | 'writes';
	readonly at: number;
	readonly how: Ending;
}

type Transport = 'websocket' | 'polling';

const DIRECTIONS: readonly Direction[] = ['toServer', 'toClient'];

/** Every byte takes a quarter of an hour; with AGENTCLUB_EVERY_BYTE set it is done all the same. */
const EVERY_BYTE = process.env['AGENTCLUB_EVERY_BYTE'] !== undefined;
const CUTS_IN_BYTES = EVERY_BYTE ? Number.POSITIVE_INFINITY : 45;
/** ms. */
const LONG = EVERY_BYTE ? 3_600_000 : 60_000;

/** Conversations at a time: each of them mostly waits. */
const SIDE_BY_SIDE = 16;

/**
 * A backlog, live messages, marks and a send with its answer; checks what has to hold, wherever the
 * link was cut. Answers what was carried.
 */
async function converse(
	generation: Generation,
	transport: Transport,
	cut?: Cut,
): Promise<AgentHarness['link']['carried']> {
	const h = await AgentHarness.start({ generation, linked: true });
	try {
		if (transport === 'polling') h.club.faults.websocketBlocked();
		if (cut) h.link.cutAfter(cut.direction, cut.at, cut);
		await h.sayAll(['backlog 1', 'backlog 2']);
		await h.say('backlog in private', h.direct);
		const trigger = h.run({ ends: 'byHand' });
		const [confirmation] = await Promise.all([speak(h, trigger), workOff(h, trigger, 5)]);
		await h.clock.skip(3000);
		await h.unreadBecomes();
		await checkOutcome(h, confirmation);
		const ofGroup = trigger.executions
			.filter(({ message }) => message.chat.type === 'group')
			.map(({ text }) => text);
		expect(ofGroup).toEqual(['backlog 1', 'backlog 2', 'live 1', 'live 2']);
		expect(trigger.texts).toHaveLength(5);
		expect(h.club.connectionsEver(h.agent.id)).toBeLessThanOrEqual(2);
		return h.link.carried;
	} finally {
		await h.stop();
	}
}

async function speak(h: AgentHarness, trigger: ActingTrigger): Promise<Confirmation> {
	await trigger.started(2);
	await h.sayAll(['live 1', 'live 2']);
	return h.action().session.send(h.text('an answer'));
}

/**
 * Ends the executions one after the other, each a while after it began: until then its message must
 * be unread.
 */
async function workOff(h: AgentHarness, trigger: ActingTrigger, count: number): Promise<void> {
	for (let number = 1; number <= count; number += 1) {
		const execution = await trigger.execution(number);
		await h.clock.skip(2500);
		expect(h.unread).toContain(execution.text);
		execution.end();
	}
}

async function checkOutcome(h: AgentHarness, confirmation: Confirmation): Promise<void> {
	const answers = (await h.club.history(h.mia.id, h.group)).filter(
		({ senderId }) => senderId === h.agent.id,
	);
	expect(answers.map(({ id, content, createdAt }) => [id, content, createdAt])).toEqual([
		[confirmation.messageId, 'an answer', confirmation.createdAt],
	]);
}

/**
 * Evenly over the whole stream, both ends included, RST and FIN in turn; and between any two
 * writes.
 */
function cutsOf(
	direction: Direction,
	carried: { readonly bytes: number; readonly writes: number },
): Cut[] {
	const count = Math.min(CUTS_IN_BYTES, carried.bytes + 1);
	const inBytes = Array.from({ length: count }, (_, index): Cut => {
		const at = Math.round((index * carried.bytes) / (count - 1));
		return { direction, unit: 'bytes', at, how: index % 2 === 0 ? 'reset' : 'end' };
	});
	const between = Array.from(
		{ length: carried.writes },
		(_, index): Cut => ({
			direction,
			unit: 'writes',
			at: index + 1,
			how: index % 2 === 0 ? 'end' : 'reset',
		}),
	);
	return [...inBytes, ...between];
}

/** Has `run` done for each, so many at a time; an error says at which. */
async function forEachOf(cuts: readonly Cut[], run: (cut: Cut) => Promise<unknown>): Promise<void> {
	const rest = [...cuts];
	const worker = async () => {
		for (let cut = rest.shift(); cut; cut = rest.shift()) {
			await run(cut).catch((cause: unknown) => {
				rest.length = 0;
				throw new Error(`cut after ${JSON.stringify(cut)}: ${(cause as Error).message}`, { cause });
			});
		}
	};
	await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
}

describe.each<[Generation, Transport]>([
	['G1', 'websocket'],
	['G3', 'websocket'],
	['G1', 'polling'],
	['G3', 'polling'],
])('a link to %s by %s', (generation, transport) => {
	it.each(DIRECTIONS)(
		'may break at bytes all over it, %s: each message runs once and in order, is marked when it is settled, and the send stands once',
		async (direction) => {
			const carried = await converse(generation, transport);
			await forEachOf(cutsOf(direction, carried[direction]), (cut) =>
				converse(generation, transport, cut),
			);
		},
		LONG,
	);
});
