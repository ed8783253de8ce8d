// Twenty people at once, each of whom writes on when the answer is there. It tells answers a
// second, and n8n's processor time for an answer. The bridge of the bench "reply" stands beside it,
// in turns in one n8n.
import type { ChatAddress } from '../playground/club/club';
import { unlessUnavailable } from '../test/support/unavailable';
import { isSmall, judge, median, pauseFor, spread } from './support/figures';
import { playedPart } from './support/parts';
import { bridge, ReplyScene, type Side, Writer } from './support/reply-scene';

const PEOPLE = isSmall ? 4 : 20;
/** Questions of each person in a round. */
const QUESTIONS = isSmall ? 2 : 10;
const ROUNDS = isSmall ? 1 : 6;
const WARM_UP = isSmall ? 0 : 1;
/** ms between two rounds, in which n8n does what is left. */
const PAUSE = isSmall ? 500 : 3000;

interface Round {
	readonly perSecond: number;
	/** ms of n8n's processor for an answer. */
	readonly cpu: number;
	readonly unanswered: number;
}

interface Talker {
	readonly writer: Writer;
	readonly chats: readonly [ours: ChatAddress, theirs: ChatAddress];
}

async function round(
	{ host }: ReplyScene,
	talkers: readonly Talker[],
	side: Side,
	at: 0 | 1,
): Promise<Round> {
	const count = talkers.length * QUESTIONS;
	const begun = host.clock.next('begin', 1, side.workflowId);
	const ended = host.clock.next('end', count, side.workflowId);
	const began = performance.now();
	const missing = await Promise.all(
		talkers.map(async ({ writer, chats }) => {
			for (let said = 0; said < QUESTIONS; said += 1) {
				try {
					await writer.ask(chats[at], side.agent);
				} catch {
					return QUESTIONS - said;
				}
			}
			return 0;
		}),
	);
	const seconds = (performance.now() - began) / 1000;
	const unanswered = missing.reduce((sum, each) => sum + each, 0);
	if (unanswered > 0) return { perSecond: Number.NaN, cpu: Number.NaN, unanswered };
	const [[first], ends] = await Promise.all([begun, ended]);
	const last = ends.at(-1);
	if (!first || !last) throw new Error('there was no execution');
	return { perSecond: count / seconds, cpu: (last.cpu - first.cpu) / count, unanswered };
}

function tell(ours: readonly Round[], theirs: readonly Round[]): void {
	const unanswered = [...ours, ...theirs].reduce((sum, each) => sum + each.unanswered, 0);
	judge('questions without an answer', unanswered, { atMost: 0 });
	if (unanswered > 0) {
		// Even a small bench has shown here that something does not work.
		process.exitCode = 1;
		return;
	}
	const compare = (what: string, figure: (round: Round) => number) => {
		const [mine, other] = [ours.map(figure), theirs.map(figure)];
		console.log(`${what}: ours ${spread(mine, 1)}; the bridge ${spread(other, 1)}`);
		return mine.map((value, at) => value / (other[at] ?? Number.NaN));
	};
	const rates = compare('answers a second', ({ perSecond }) => perSecond);
	judge("answers a second, of the bridge's", median(rates), { atLeast: 1 }, spread(rates));
	const costs = compare("n8n's processor time for an answer, ms", ({ cpu }) => cpu);
	judge(
		"n8n's processor time for an answer, of the bridge's",
		median(costs),
		{ atMost: 1.02 },
		spread(costs),
	);
}

async function main(): Promise<void> {
	if (await playedPart({ bridge })) return;
	const scene = await unlessUnavailable('the answers on the real server', () => ReplyScene.start());
	if (!scene) return;
	try {
		const [ours, theirs] = scene.sides;
		const talkers: Talker[] = [];
		// One after the other: a busy server answers 500 to whoever opens a chat.
		for (let number = 0; number < PEOPLE; number += 1) {
			const writer = await Writer.register(scene.club, `person${number}`);
			const chats = [
				await writer.openDirect(ours.agent),
				await writer.openDirect(theirs.agent),
			] as const;
			talkers.push({ writer, chats });
		}
		console.log(
			`${PEOPLE} people at once, ${QUESTIONS} questions of each in a round; ${ROUNDS} rounds`,
		);
		const rounds: [Round[], Round[]] = [[], []];
		for (let turn = -WARM_UP; turn < ROUNDS; turn += 1) {
			for (const at of turn % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
				const seen = await round(scene, talkers, scene.sides[at], at);
				if (turn >= 0) rounds[at].push(seen);
				await pauseFor(PAUSE);
			}
		}
		tell(...rounds);
		for (const { writer } of talkers) writer.close();
	} finally {
		await scene.stop();
	}
}

void main();
