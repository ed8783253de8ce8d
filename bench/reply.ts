// One person writes and waits for the answer, as people do, in a direct chat and in a group. Our
// trigger with Send takes turns with a bridge that people write without the package. Both are in
// one n8n, on the released server. The bridge is a socket that posts to a webhook and sends its
// answer back.
import type { ChatAddress } from '../playground/club/club';
import { unlessUnavailable } from '../test/support/unavailable';
import { isSmall, judge, pauseFor, quantile } from './support/figures';
import { playedPart } from './support/parts';
import { bridge, ReplyScene, type Side, Writer } from './support/reply-scene';

const QUESTIONS = isSmall ? 5 : 100;
const WARM_UP = isSmall ? 1 : 10;
/** ms between an answer and the next question. */
const PAUSE = 50;

type Times = readonly [ours: number[], theirs: number[]];

async function talk(
	writer: Writer,
	sides: ReplyScene['sides'],
	chats: readonly [ChatAddress, ChatAddress],
): Promise<Times> {
	const times: Times = [[], []];
	for (let turn = -WARM_UP; turn < QUESTIONS; turn += 1) {
		for (const at of turn % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
			const ms = await writer.ask(chats[at], sides[at].agent);
			if (turn >= 0) times[at].push(ms);
			await pauseFor(PAUSE);
		}
	}
	return times;
}

function tell(where: string, [ours, theirs]: Times): void {
	for (const [name, share, bar] of [
		['p50', 0.5, 0.9],
		['p90', 0.9, 1],
	] as const) {
		const [mine, other] = [quantile(ours, share), quantile(theirs, share)];
		judge(
			`${where}, ${name}, of the bridge's`,
			mine / other,
			{ atMost: bar },
			`${(mine / other).toFixed(2)} (${mine.toFixed(1)} and ${other.toFixed(1)} ms)`,
		);
	}
}

async function main(): Promise<void> {
	if (await playedPart({ bridge })) return;
	const scene = await unlessUnavailable('the answers on the real server', () => ReplyScene.start());
	if (!scene) return;
	try {
		const writer = await Writer.register(scene.club, 'mia');
		const open = async (how: (side: Side) => Promise<ChatAddress>) =>
			[await how(scene.sides[0]), await how(scene.sides[1])] as const;
		const directs = await open(({ agent }) => writer.openDirect(agent));
		const groups = await open(({ agent, name }) => writer.openGroup(agent, `With ${name}`));
		console.log(`${QUESTIONS} questions to each, one at a time, from the question to the answer`);
		tell('a direct chat', await talk(writer, scene.sides, directs));
		tell('a group', await talk(writer, scene.sides, groups));
		writer.close();
	} finally {
		await scene.stop();
	}
}

void main();
