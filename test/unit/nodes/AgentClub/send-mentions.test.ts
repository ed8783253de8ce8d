import { Directory } from '../../../../client/inbound/item/directory';
import type { Member } from '../../../../client/protocol/answers';
import { findMentionTags } from '../../../../client/protocol/mention-tags';
import { withMentions } from '../../../../nodes/AgentClub/actions/message/send-mentions';
import type { OperationContext } from '../../../../nodes/AgentClub/actions/operation';
import { settled } from '../../../support/fake-clock';
import { FakeSession } from '../../../support/fake-session';
import { RecordedLogger } from '../../../support/recorded-logger';
import { AGENT, ALICE, BOB, GROUP, member } from '../../../support/sample-messages';

const ZOE = 'u_zoe';
const REQUEST = {
	format: 'text',
	filesBefore: false,
	mentionIds: [],
	attachments: [],
	uploaded: [],
	resolveNames: true,
	allowMentionAll: false,
} as const;

/** A group with an agent, Alice and Bob, whose members the test changes. */
function group() {
	const session = new FakeSession();
	const { clock } = session;
	let members = [member(AGENT, 'Robo'), member(ALICE, 'Alice'), member(BOB, 'Bob')];
	let requests = 0;
	/** ms that the server takes for an answer, which is from before. */
	let takes = 0;
	const source = {
		chats: () => Promise.resolve({ groups: [], directs: [] }),
		members: async (): Promise<Member[]> => {
			requests += 1;
			const answer = [...members];
			if (takes > 0) await new Promise<void>((resolve) => clock.after(takes, resolve));
			return answer;
		},
	};
	const directory = new Directory(source, clock, new RecordedLogger());
	const context = {
		session: Object.assign(session, { directory }),
	} as unknown as OperationContext;
	return {
		clock,
		directory,
		joins: (id: string, name: string) => {
			members = [...members, member(id, name)];
		},
		leaves: (id: string) => {
			members = members.filter((each) => each.id !== id);
		},
		answersTake: (ms: number) => {
			takes = ms;
		},
		/** Requests since this was asked last. */
		requests: () => {
			const count = requests;
			requests = 0;
			return count;
		},
		/** Who is mentioned by a text that is sent now. */
		mentioned: async (text: string) => {
			const sent = await withMentions(context, { ...REQUEST, text }, GROUP);
			return findMentionTags(sent).map(({ userId }) => userId);
		},
	};
}

/** Sends a text 50 times a second for 10 s, and counts what the server is asked. */
async function requestsOfLoop(textOf: (turn: number) => string): Promise<number> {
	const { clock, mentioned, requests } = group();
	for (let turn = 0; turn < 500; turn += 1) {
		await mentioned(textOf(turn));
		await clock.advance(20);
	}
	return requests();
}

describe('who is mentioned by name', () => {
	it.each([
		['at once', 10],
		['a second later', 1000],
	])(
		'is somebody who has just joined, also after a text with another word: %s',
		async (_when, ms) => {
			const { clock, joins, mentioned } = group();
			await mentioned('@todo list');
			joins(ZOE, 'Zoe');
			await clock.advance(ms);

			expect(await mentioned('@Zoe, welcome')).toEqual([ZOE]);
		},
	);

	it.each([['@"Zoe Berg", hi'], ['@**Zoe Berg**, hi'], ['<@u_zoe>, hi'], ['@🦊 Fox'], ['@u_zoe']])(
		'is somebody who has just joined, in whatever form: %s',
		async (text) => {
			const { clock, joins, mentioned } = group();
			await mentioned('@Alice');
			await clock.advance(10);
			joins(ZOE, text.includes('Fox') ? '🦊 Fox' : 'Zoe Berg');

			expect(await mentioned(text)).toEqual([ZOE]);
		},
	);

	it('is nobody who left a second ago', async () => {
		const { clock, leaves, mentioned } = group();
		await mentioned('@Bob');
		leaves(BOB);
		await clock.advance(1000);

		expect(await mentioned('@Bob and @Alice')).toEqual([ALICE]);
	});

	it('is looked up again a second after it was looked up in vain', async () => {
		const { clock, joins, mentioned } = group();
		await mentioned('@Zoe, join us');
		joins(ZOE, 'Zoe');
		await clock.advance(1000);

		expect(await mentioned('@Zoe, welcome')).toEqual([ZOE]);
	});

	it('is somebody who joined while the members were on their way for another text', async () => {
		const { clock, joins, mentioned, answersTake, requests } = group();
		await mentioned('@Alice');
		answersTake(100);
		await clock.advance(10);
		const other = mentioned('@todo list');
		await clock.advance(50);
		joins(ZOE, 'Zoe');
		const texts = ['@Zoe', '@zoe', '@Zoe!'].map(mentioned);
		await clock.advance(50);
		await settled();
		await clock.advance(100);

		expect(await other).toEqual([]);
		expect(await Promise.all(texts)).toEqual([[ZOE], [ZOE], [ZOE]]);
		expect(requests()).toBe(3);
	});
});

describe('the members of a group, for what is sent there', () => {
	it('are fetched once for a text with a name that nobody has', async () => {
		const { clock, mentioned, requests } = group();
		await mentioned('@todo list');
		expect(requests()).toBe(1);

		await clock.advance(60_000);
		await mentioned('@todo list');
		expect(requests()).toBe(1);
	});

	it.each([
		['the name of a member', () => '@Alice', 10],
		['a name that nobody has', () => '@todo list', 10],
		['several such names', (turn: number) => `@todo @fixme${turn % 3}`, 30],
		['another such name each', (turn: number) => `@ticket${turn}`, 50],
	])('are fetched now and then for 500 texts in 10 s with %s', async (_what, textOf, most) => {
		const requests = await requestsOfLoop(textOf);

		expect(requests).toBeGreaterThanOrEqual(10);
		expect(requests).toBeLessThanOrEqual(most);
	});
});
