import { pause } from '../../../../client/clock';
import { withHiddenNote } from '../../../../client/protocol/hidden-note';
import type { Message } from '../../../../client/protocol/message';
import {
	aboutChat,
	aboutQuestion,
	type Acceptance,
	type AnswerPort,
	type Question,
	type Reply,
} from '../../../../client/questions/question';
import { ReplyDesk } from '../../../../client/questions/reply-desk';
import { Sealer } from '../../../../client/questions/sealer';
import { FakeClock, settled } from '../../../support/fake-clock';
import { RecordedLogger } from '../../../support/recorded-logger';
import {
	AGENT,
	ALICE,
	BOB,
	DIRECT,
	GROUP,
	inChat,
	message,
	OTHER_GROUP,
	saidAt,
} from '../../../support/sample-messages';

const TOKEN = 'sk_agt_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
const sealer = new Sealer(TOKEN);

type Place = typeof DIRECT | typeof GROUP | typeof OTHER_GROUP;

function question(id: string, change: Partial<Question> = {}): Question {
	return {
		id,
		responseType: 'approval',
		approveLabel: 'Approve',
		disapproveLabel: 'Decline',
		approvers: [],
		isRefusal: false,
		isReview: false,
		until: undefined,
		announces: true,
		excerpt: `question ${id}`,
		wakePath: `/webhook-waiting/${id}`,
		wakeOrigin: 'https://n8n.test',
		...change,
	};
}

/** The agent's own message that asks. */
function asking(asked: Question, at: number, chat: Place = DIRECT, about: Place = chat): Message {
	const note = sealer.seal({ is: 'question', question: asked }, aboutChat(AGENT, about));
	return message(`asks-${asked.id}`, {
		...inChat(chat, saidAt(at, { sender_id: AGENT, sender_name: 'Clerk', sender_is_agent: 1 })),
		content: withHiddenNote('> May I?', note),
		mentions: [],
	});
}

function ended(id: string, at: number, replyId?: string): Message {
	const note = sealer.seal({ is: 'outcome', id, replyId }, aboutChat(AGENT, DIRECT));
	return message(`ends-${id}`, {
		...inChat(DIRECT, saidAt(at, { sender_id: AGENT, sender_is_agent: 1 })),
		content: withHiddenNote('Approved', note),
	});
}

const says = (
	id: string,
	content: string,
	more: Readonly<Record<string, unknown>> = {},
	chat: Place = DIRECT,
) => message(id, { ...inChat(chat, saidAt(10)), mentions: [], content, ...more });

/** A desk whose host takes answers as the test says. */
class DeskScene {
	readonly clock = new FakeClock();
	readonly logger = new RecordedLogger();
	history: readonly Message[] = [];
	historyReads = 0;
	/** What the host has accepted, by question. */
	readonly taken: Array<readonly [string, Reply]> = [];
	readonly said: string[] = [];
	/** What the host says in turn; then it accepts. */
	replies: Acceptance[] = [];
	/** Questions that nobody waits for. */
	readonly over = new Set<string>();
	/** How often the host was asked whether a question is open. */
	looks = 0;
	/** ms in which the host's words about an answer arrive. */
	slowness = 0;
	/** What the host says of a question when it is only asked. */
	readonly checks = new Map<string, Acceptance>();
	/** Whether a trigger runs; "soon" while it is published again. */
	hasTrigger: boolean | 'soon' = true;
	private readonly host: AnswerPort = {
		answer: async (asked, answer) => {
			if (this.over.has(asked.id)) return 'over';
			const acceptance = this.replies.shift() ?? 'accepted';
			const chat = answerIn(answer, asked.id);
			if (acceptance === 'accepted' && chat) this.taken.push([asked.id, chat]);
			if (this.slowness > 0) await pause(this.clock, this.slowness);
			return acceptance;
		},
		check: ({ id }) => {
			this.looks += 1;
			return Promise.resolve(this.checks.get(id) ?? (this.over.has(id) ? 'over' : 'accepted'));
		},
	};
	readonly desk = new ReplyDesk(
		this.clock,
		this.logger,
		{
			answers: () => {
				if (this.hasTrigger === 'soon') return 'soon';
				return this.hasTrigger ? this.host : undefined;
			},
			recentMessages: () => {
				this.historyReads += 1;
				return Promise.resolve(this.history);
			},
			say: (_chat, text) => this.said.push(text),
		},
		{ id: AGENT, token: TOKEN },
	);

	async decides(said: Message): Promise<string> {
		return await this.desk.decide(said);
	}
}

function answerIn(sealed: string, id: string): Reply | undefined {
	for (const chat of [DIRECT, GROUP]) {
		const opened = sealer.open(sealed, aboutQuestion(chat, id));
		if (opened !== undefined) return opened as Reply;
	}
	return undefined;
}

describe('a message where a question is open', () => {
	it('answers it once, and is known for that when it comes again', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1'), 1));

		expect(await scene.decides(says('m1', 'Yes'))).toBe('used up');
		expect(await scene.decides(says('m1', 'Yes'))).toBe('used up');
		expect(await scene.decides(says('m2', 'yes'))).toBe('ordinary');

		expect(scene.taken).toEqual([
			[
				'q1',
				{
					approved: true,
					text: null,
					messageId: 'm1',
					responder: { id: ALICE, name: 'Alice', kind: 'human' },
					fileUrl: '',
					fileName: '',
					contentType: 'text',
				},
			],
		]);
	});

	it.each([
		['other words', says('m', 'what is that?')],
		['a word from before it', says('m', 'yes', saidAt(0))],
		['another chat', says('m', 'yes', {}, GROUP)],
		['an agent', says('m', 'yes', { sender_is_agent: 1 })],
	])('goes its ordinary way: %s', async (_what, said) => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1'), 1));
		expect(await scene.decides(said)).toBe('ordinary');
		expect(scene.taken).toEqual([]);
	});

	it.each([
		['moved from another chat', asking(question('q1'), 1, DIRECT, GROUP)],
		['of a person', message('m0', { ...asking(question('q1'), 1), sender_id: BOB })],
	])('is ordinary where the question was %s', async (_what, forged) => {
		const scene = new DeskScene();
		if (forged.sender.id === AGENT) scene.desk.sawOwn(forged);
		scene.history = [forged];
		expect(await scene.decides(says('m', 'yes'))).toBe('ordinary');
	});

	it('of those who are named counts, an agent among them, and of nobody else', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1', { approvers: [BOB] }), 1));
		expect(await scene.decides(says('m1', 'yes'))).toBe('ordinary');
		const bot = { sender_id: BOB, sender_is_agent: 1 };
		expect(await scene.decides(says('m2', 'yes', bot))).toBe('used up');
	});

	it('goes to the newest question that it answers', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1'), 1));
		scene.desk.sawOwn(asking(question('q2'), 2));
		await scene.decides(says('m1', 'no'));
		await scene.decides(says('m2', 'yes'));
		expect(scene.taken.map(([id, { approved }]) => [id, approved])).toEqual([
			['q2', false],
			['q1', true],
		]);
	});

	it('is any text or file where free text is asked for', async () => {
		const scene = new DeskScene();
		for (const id of ['q1', 'q2'])
			scene.desk.sawOwn(asking(question(id, { responseType: 'freeText' }), 1));
		expect(await scene.decides(says('m0', '  '))).toBe('ordinary');
		await scene.decides(says('m1', 'Blue, <at user_id="u_1">Tom</at>'));
		await scene.decides(says('m2', '', { file_url: '/media/a.png', file_name: 'a.png' }));
		expect(scene.taken.map(([, { text, fileUrl }]) => [text, fileUrl])).toEqual([
			['Blue, @Tom', ''],
			['', '/media/a.png'],
		]);
	});

	it('approves nothing where it asks back', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1'), 1));
		expect(await scene.decides(says('m1', 'ok?'))).toBe('ordinary');
		scene.desk.sawOwn(asking(question('q2', { isReview: true }), 2));
		expect(await scene.decides(says('m2', 'yes?'))).toBe('used up');
		expect(scene.taken.map(([id, { approved, text }]) => [id, approved, text])).toEqual([
			['q2', false, 'yes?'],
		]);
	});

	it('declines a review with words of its own, which the model reads', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1', { isReview: true }), 1));
		await scene.decides(says('m1', 'use the other account'));
		expect(scene.taken[0]?.[1]).toMatchObject({
			approved: false,
			text: 'use the other account',
		});
	});
});

describe('a message in a group', () => {
	const tag = (id: string, name: string) => `<at user_id="${id}">${name}</at>`;

	it.each([
		['a mention of the agent behind them', `yes, please ${tag(AGENT, 'Clerk')}`, [AGENT]],
		["the agent's name as it was typed", '@Clerk yes', []],
		['a mention of everybody', `${tag('all', 'all')} yes`, ['all']],
	])('says yes with clear words and %s', async (_what, content, mentions) => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1', { isReview: true }), 1, GROUP));
		expect(await scene.decides(says('m1', content, { mentions }, GROUP))).toBe('used up');
		expect(scene.taken[0]?.[1]).toMatchObject({ approved: true, text: null });
	});

	it('is for somebody else where it mentions only them, and answers no question', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1', { responseType: 'freeText' }), 1, GROUP));
		const asked = `${tag(BOB, 'Bob')} what is the weather?`;
		const toBob = says('m1', asked, { mentions: [BOB] }, GROUP);
		expect(await scene.decides(toBob)).toBe('ordinary');
		expect(await scene.decides(says('m2', 'Blue', {}, GROUP))).toBe('used up');
		expect(scene.taken.map(([, { text }]) => text)).toEqual(['Blue']);
	});

	it('counts where it mentions the agent and somebody else', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1', { responseType: 'freeText' }), 1, GROUP));
		const toBoth = `${tag(AGENT, 'Clerk')} ask ${tag(BOB, 'Bob')}`;
		const mentions = [AGENT, BOB];
		expect(await scene.decides(says('m1', toBoth, { mentions }, GROUP))).toBe('used up');
		expect(scene.taken.map(([, { text }]) => text)).toEqual(['ask @Bob']);
	});

	it('needs a mention where several questions are open, by what their host says', async () => {
		const scene = new DeskScene();
		for (const id of ['q1', 'q2']) scene.desk.sawOwn(asking(question(id), 1, GROUP));
		expect(await scene.decides(says('m1', 'yes', {}, GROUP))).toBe('ordinary');
		scene.over.add('q2');
		expect(await scene.decides(says('m2', 'yes', {}, GROUP))).toBe('used up');
		expect(scene.taken.map(([id]) => id)).toEqual(['q1']);
	});

	it.each([
		['used up', 'before the reply', 5],
		['ordinary', 'after the reply', 11],
	])(
		'is %s where nobody told when a newer one ended, and the agent spoke last %s',
		async (decision, _when, spokenAt) => {
			const scene = new DeskScene();
			scene.desk.sawOwn(asking(question('q1'), 1, GROUP));
			scene.desk.sawOwn(asking(question('q2'), 2, GROUP));
			const words = saidAt(spokenAt, { sender_id: AGENT, sender_is_agent: 1 });
			scene.desk.sawOwn(message('words', inChat(GROUP, words)));
			scene.over.add('q2');
			expect(await scene.decides(says('m1', 'yes', {}, GROUP))).toBe(decision);
		},
	);

	it('waits for a host that is busy with another question, which is answered then', async () => {
		const scene = new DeskScene();
		for (const id of ['q1', 'q2']) scene.desk.sawOwn(asking(question(id), 1, GROUP));
		scene.checks.set('q1', 'busy');
		const deciding = scene.decides(says('m1', 'yes', {}, GROUP));
		await scene.clock.advance(10_000);
		expect(await deciding).toBe('used up');
		expect(scene.taken.map(([id]) => id)).toEqual(['q2']);
	});

	it('keeps a reply where nobody tells whether another question is open', async () => {
		const scene = new DeskScene();
		for (const id of ['q1', 'q2']) scene.desk.sawOwn(asking(question(id), 1, GROUP));
		scene.checks.set('q1', 'unreachable');
		const deciding = scene.decides(says('m1', 'yes', {}, GROUP));
		await scene.clock.advance(60_000);
		expect(await deciding).toBe('kept');
	});

	it('declines a review with other words only where it mentions the agent', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1', { isReview: true }), 1, GROUP));
		expect(await scene.decides(says('m1', 'hm', {}, GROUP))).toBe('ordinary');
		expect(await scene.decides(says('m2', 'hm', { mentions: [AGENT] }, GROUP))).toBe('used up');
	});
});

describe('a reply to a question that has ended without its sender knowing', () => {
	const mentioning = (id: string, content: string, at: number, sender = ALICE) =>
		message(id, {
			...inChat(GROUP, saidAt(at, { sender_id: sender })),
			content,
			mentions: [AGENT],
		});
	const endedInGroup = (id: string, at: number) => {
		const note = sealer.seal({ is: 'outcome', id, replyId: undefined }, aboutChat(AGENT, GROUP));
		return message(`ends-${id}`, {
			...inChat(GROUP, saidAt(at, { sender_id: AGENT, sender_is_agent: 1 })),
			content: withHiddenNote('Approved by link', note),
		});
	};

	it('answers no older question, and says so', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1'), 1));
		scene.desk.sawOwn(asking(question('q2'), 2));
		scene.over.add('q2');

		expect(await scene.decides(says('m1', 'yes'))).toBe('used up');
		expect(scene.taken).toEqual([]);
		expect(scene.said).toEqual([expect.stringContaining('question q2')]);

		scene.desk.sawOwn(ended('q2', 11));
		expect(await scene.decides(says('m2', 'yes', saidAt(12)))).toBe('used up');
		expect(scene.taken.map(([id]) => id)).toEqual(['q1']);
	});

	it('answers no older question where the agent has spoken in between, either', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1'), 1));
		scene.desk.sawOwn(asking(question('q2'), 2));
		scene.desk.sawOwn(
			message('words', inChat(DIRECT, saidAt(3, { sender_id: AGENT, sender_is_agent: 1 }))),
		);
		scene.over.add('q2');

		expect(await scene.decides(says('m1', 'yes'))).toBe('used up');
		expect(scene.taken).toEqual([]);
		expect(scene.said).toEqual([expect.stringContaining('question q2')]);
		expect(await scene.decides(says('m2', 'yes', saidAt(11)))).toBe('used up');
		expect(scene.taken.map(([id]) => id)).toEqual(['q1']);
	});

	it('starts nothing, and is told once, until the chat knows', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1'), 1, GROUP));
		expect(await scene.decides(mentioning('m1', 'yes', 10))).toBe('used up');

		expect(await scene.decides(mentioning('m2', 'no', 10.1, BOB))).toBe('used up');
		expect(await scene.decides(mentioning('m3', 'no!', 10.2, BOB))).toBe('used up');
		expect(scene.taken.map(([id]) => id)).toEqual(['q1']);
		expect(scene.said).toEqual([expect.stringContaining('question q1')]);

		scene.desk.sawOwn(endedInGroup('q1', 11));
		expect(await scene.decides(mentioning('m4', 'no', 10.9, BOB))).toBe('used up');
		expect(await scene.decides(mentioning('m5', 'no', 12, BOB))).toBe('ordinary');
	});

	it('counts for no older one where the end of another one is noticed on the way', async () => {
		const scene = new DeskScene();
		for (const [at, id] of ['q1', 'q2', 'q3'].entries())
			scene.desk.sawOwn(asking(question(id), at + 1, GROUP));
		expect(await scene.decides(mentioning('m1', 'yes', 10))).toBe('used up');
		scene.over.add('q1');

		expect(await scene.decides(says('m2', 'no', { sender_id: BOB }, GROUP))).toBe('ordinary');
		expect(scene.taken.map(([id]) => id)).toEqual(['q3']);
	});

	it('in other words to a review answers no older question, and goes its ordinary way', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1', { responseType: 'freeText' }), 1, GROUP));
		scene.desk.sawOwn(asking(question('q2', { isReview: true }), 2, GROUP));
		expect(await scene.decides(mentioning('m1', 'yes', 10))).toBe('used up');

		expect(await scene.decides(mentioning('m2', 'only the first', 10.1, BOB))).toBe('ordinary');
		expect(scene.taken.map(([id]) => id)).toEqual(['q2']);
	});

	it('goes its ordinary way where it is no yes or no', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1'), 1, GROUP));
		await scene.decides(mentioning('m1', 'yes', 10));
		expect(await scene.decides(mentioning('m2', 'what is next?', 10.1, BOB))).toBe('ordinary');
	});

	it('means a newer question where one is open', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1'), 1, GROUP));
		await scene.decides(mentioning('m1', 'yes', 10));
		scene.desk.sawOwn(asking(question('q2'), 10, GROUP));
		expect(await scene.decides(mentioning('m2', 'yes', 10.1, BOB))).toBe('used up');
		expect(scene.taken.map(([id]) => id)).toEqual(['q1', 'q2']);
	});

	it('answers no older one that was open while n8n was away', async () => {
		const scene = new DeskScene();
		scene.history = [asking(question('q1'), 1), asking(question('q2'), 2), ended('q2', 20)];
		expect(await scene.decides(says('m1', 'yes'))).toBe('used up');
		expect(scene.taken).toEqual([]);
		expect(await scene.decides(says('m2', 'yes', saidAt(21)))).toBe('used up');
		expect(scene.taken.map(([id]) => id)).toEqual(['q1']);
	});

	it('counts for no older one in a group without a mention', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1'), 1, GROUP));
		scene.desk.sawOwn(asking(question('q2'), 2, GROUP));
		scene.over.add('q2');
		for (const id of ['m1', 'm2'])
			expect(await scene.decides(says(id, 'yes', {}, GROUP))).toBe('ordinary');
		expect(scene.taken).toEqual([]);
	});
});

describe('after a start', () => {
	it('the history tells what is open, once for each connection', async () => {
		const scene = new DeskScene();
		scene.history = [asking(question('old'), 1), ended('old', 2, 'm0'), asking(question('q1'), 3)];
		expect(await scene.decides(says('m0', 'yes'))).toBe('used up');
		expect(await scene.decides(says('m1', 'yes'))).toBe('used up');
		expect(scene.taken.map(([id]) => id)).toEqual(['q1']);
		expect(scene.historyReads).toBe(1);
		expect(await scene.decides(says('m2', 'yes'))).toBe('ordinary');

		scene.desk.newConnection();
		scene.history = [asking(question('q2'), 4)];
		expect(await scene.decides(says('m3', 'no'))).toBe('used up');
		expect(scene.historyReads).toBe(2);
	});

	it('a history that cannot be read is told, and looked at again', async () => {
		const scene = new DeskScene();
		scene.history = undefined as unknown as Message[];
		expect(await scene.decides(says('m1', 'yes'))).toBe('ordinary');
		expect(scene.logger.complaints.join()).toContain('could not be read, so a reply to a question');
		scene.history = [asking(question('q1'), 1)];
		expect(await scene.decides(says('m2', 'yes'))).toBe('used up');
	});

	it('waits for a trigger that is being published again', async () => {
		const scene = new DeskScene();
		scene.history = [asking(question('q1'), 1)];
		scene.hasTrigger = 'soon';
		const deciding = scene.decides(says('m1', 'yes'));
		await scene.clock.advance(5000);
		expect(scene.taken).toEqual([]);
		scene.hasTrigger = true;
		await scene.clock.advance(1000);
		expect(await deciding).toBe('used up');
		expect(scene.taken.map(([id]) => id)).toEqual(['q1']);
	});

	it('does not wait for a trigger that is published again where nothing is open', async () => {
		const scene = new DeskScene();
		scene.hasTrigger = 'soon';
		expect(await scene.decides(says('m1', 'yes'))).toBe('ordinary');
	});

	it('goes its ordinary way once the place of the trigger is given up', async () => {
		const scene = new DeskScene();
		scene.history = [asking(question('q1'), 1)];
		scene.hasTrigger = 'soon';
		const deciding = scene.decides(says('m1', 'yes'));
		await scene.clock.advance(30_000);
		scene.hasTrigger = false;
		await scene.clock.advance(1000);
		expect(await deciding).toBe('ordinary');
	});

	it('nothing is looked for as long as no trigger runs', () => {
		const scene = new DeskScene();
		scene.hasTrigger = false;
		expect(scene.desk.decide(says('m1', 'yes'))).toBe('ordinary');
		expect(scene.historyReads).toBe(0);
	});
});

describe('handing a reply over', () => {
	it('tries again where the execution is not waiting yet', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1'), 1));
		scene.replies = ['busy', 'busy'];
		const deciding = scene.decides(says('m1', 'yes'));
		await scene.clock.advance(1000);
		expect(await deciding).toBe('used up');
		expect(scene.taken).toHaveLength(1);
	});

	it('asks again where the word that it is busy took long to come', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1'), 1));
		scene.slowness = 6000;
		scene.replies = ['busy'];
		const deciding = scene.decides(says('m1', 'yes'));
		await scene.clock.advance(20_000);
		expect(await deciding).toBe('used up');
		expect(scene.taken.map(([id]) => id)).toEqual(['q1']);
	});

	it('is over where the execution keeps on running: it was answered on its page', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1'), 1));
		scene.replies = Array.from({ length: 100 }, () => 'busy');
		const deciding = scene.decides(says('m1', 'yes'));
		await scene.clock.advance(10_000);
		expect(await deciding).toBe('used up');
		expect(scene.taken).toEqual([]);
		expect(scene.said).toEqual([expect.stringContaining('question q1')]);
	});

	it('is done where the host may have had the reply before, and takes no other question then', async () => {
		const scene = new DeskScene();
		for (const id of ['q1', 'q2']) scene.desk.sawOwn(asking(question(id), 1));
		scene.replies = ['unknown', 'over'];
		const deciding = scene.decides(says('m1', 'yes'));
		await scene.clock.advance(1000);
		expect(await deciding).toBe('used up');
		expect(scene.taken).toEqual([]);
	});

	it('is done where the chat tells that the reply was taken while it is tried again', async () => {
		const scene = new DeskScene();
		for (const id of ['q1', 'q2']) scene.desk.sawOwn(asking(question(id), 1));
		scene.replies = ['busy'];
		const deciding = scene.decides(says('m1', 'yes'));
		await settled();
		scene.desk.sawOwn(ended('q2', 2, 'm1'));
		await scene.clock.advance(1000);
		expect(await deciding).toBe('used up');
		expect(scene.taken).toEqual([]);
	});

	it('remembers what the host may have had until the message comes again', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1'), 1));
		scene.replies = Array.from({ length: 100 }, () => 'unknown');
		const deciding = scene.decides(says('m1', 'yes'));
		await scene.clock.advance(60_000);
		expect(await deciding).toBe('kept');
		scene.over.add('q1');
		expect(await scene.decides(says('m1', 'yes'))).toBe('used up');
	});

	it('goes to the question that may have had it, and to no newer one that is noticed since', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1'), 1));
		scene.replies = ['unknown', ...Array.from({ length: 100 }, () => 'unreachable' as const)];
		const deciding = scene.decides(says('m1', 'yes'));
		await scene.clock.advance(60_000);
		expect(await deciding).toBe('kept');

		scene.replies = [];
		scene.over.add('q1');
		scene.desk.sawOwn(asking(question('q2'), 2));
		expect(await scene.decides(says('m1', 'yes'))).toBe('used up');
		expect(scene.taken).toEqual([]);
		expect(scene.said).toEqual([]);
	});

	it('answers no older question where it is repeated, as nobody knows whether it was taken', async () => {
		const scene = new DeskScene();
		for (const [at, id] of ['q1', 'q2'].entries()) scene.desk.sawOwn(asking(question(id), at + 1));
		scene.replies = ['unknown', 'over'];
		const deciding = scene.decides(says('m1', 'yes'));
		await scene.clock.advance(1000);
		expect(await deciding).toBe('used up');

		expect(await scene.decides(says('m2', 'yes', saidAt(11)))).toBe('used up');
		expect(scene.taken).toEqual([]);
		expect(scene.said).toEqual([expect.stringContaining('question q2')]);
	});

	it('leaves to the workflow what is written after the agent has spoken, where nobody knows when the question ended', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1'), 1));
		scene.replies = ['unknown', 'over'];
		const deciding = scene.decides(says('m1', 'yes'));
		const words = saidAt(11, { sender_id: AGENT, sender_is_agent: 1 });
		scene.desk.sawOwn(message('words', inChat(DIRECT, words)));
		await scene.clock.advance(1000);
		expect(await deciding).toBe('used up');

		expect(await scene.decides(says('m2', 'no', saidAt(12, { sender_id: BOB })))).toBe('ordinary');
		expect(await scene.decides(says('m3', 'no', saidAt(11, { sender_id: BOB })))).toBe('used up');
	});

	it('starts nothing with what the host may have had once the question is over, however that shows', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1'), 1));
		scene.desk.sawOwn(
			message('words', inChat(DIRECT, saidAt(5, { sender_id: AGENT, sender_is_agent: 1 }))),
		);
		scene.replies = Array.from({ length: 100 }, () => 'unknown');
		const deciding = scene.decides(says('m1', 'yes'));
		await scene.clock.advance(60_000);
		expect(await deciding).toBe('kept');

		scene.over.add('q1');
		await scene.decides(says('m2', 'no', { ...saidAt(11), sender_id: BOB }));
		expect(await scene.decides(says('m1', 'yes'))).toBe('used up');
	});

	it('starts nothing with what the host may have had once the time of the question is over', async () => {
		const scene = new DeskScene();
		const until = scene.clock.wallTime() + 90_000;
		scene.desk.sawOwn(asking(question('q1', { until, announces: false }), 1));
		scene.replies = Array.from({ length: 100 }, () => 'unknown');
		const deciding = scene.decides(says('m1', 'yes'));
		await scene.clock.advance(60_000);
		expect(await deciding).toBe('kept');

		await scene.clock.advance(60_000);

		expect(await scene.decides(says('m1', 'yes'))).toBe('used up');
		expect(await scene.decides(says('m2', 'yes'))).toBe('ordinary');
	});

	it('leaves the message unread where the host cannot be reached, and takes it later', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1'), 1));
		scene.replies = Array.from({ length: 100 }, () => 'unreachable');
		const deciding = scene.decides(says('m1', 'yes'));
		await scene.clock.advance(60_000);
		expect(await deciding).toBe('kept');
		expect(scene.logger.complaints.join()).toContain('stays unread');
		scene.replies = [];
		expect(await scene.decides(says('m1', 'yes'))).toBe('used up');
	});
});

describe('the end of the time', () => {
	const until = new FakeClock().wallTime() + 60_000;

	it('is told in the chat once the host has noticed it, and only where nobody answered', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1', { until }), 1));
		scene.desk.sawOwn(asking(question('q2', { until }), 2));
		scene.desk.sawOwn(asking(question('q3', { until, announces: false }), 3));
		await scene.decides(says('m1', 'yes'));
		await scene.decides(says('m2', 'yes'));
		await scene.clock.advance(66_000);
		expect(scene.said).toEqual([]);
		scene.over.add('q1');
		await scene.clock.advance(60_000);
		await settled();
		expect(scene.said.map((text) => text.split('\n')[0])).toEqual([
			'Nobody answered in time: "question q1"',
		]);
	});

	it('is looked for once, also where it is months away', async () => {
		const scene = new DeskScene();
		const days = 24 * 3_600_000;
		const later = new FakeClock().wallTime() + 60 * days;
		scene.desk.sawOwn(asking(question('q1', { until: later }), 1));
		await scene.clock.advance(59 * days);
		expect(scene.looks).toBe(0);
		scene.over.add('q1');
		await scene.clock.advance(2 * days);
		expect([scene.looks, scene.said.length]).toEqual([1, 1]);
	});

	it('is told soon after the host has gone on, which looks at its clock once a minute', async () => {
		const scene = new DeskScene();
		const end = scene.clock.wallTime() + 1000;
		scene.desk.sawOwn(asking(question('q1', { until: end }), 1));
		await scene.clock.advance(61_000);
		expect(scene.said).toEqual([]);
		scene.over.add('q1');
		await scene.clock.advance(10_000);
		expect(scene.said).toHaveLength(1);
	});

	it('is looked for less and less often where the host cannot be reached, and told in the end', async () => {
		const scene = new DeskScene();
		const hour = 3_600_000;
		scene.desk.sawOwn(asking(question('q1', { until }), 1));
		scene.checks.set('q1', 'unreachable');
		await scene.clock.advance(24 * hour);
		// Twelve in two minutes, five until an hour has gone by, and then one an hour.
		expect(scene.looks).toBeLessThan(45);
		expect(scene.said).toEqual([]);
		scene.checks.set('q1', 'over');
		await scene.clock.advance(hour);
		expect(scene.said).toHaveLength(1);
	});

	it.each([
		{ when: 'while it is open', left: 60_000 },
		{ when: 'after that', left: -60_000 },
	])(
		'holds up no later message where the chat is not to be told, and it was noticed $when',
		async ({ left }) => {
			const scene = new DeskScene();
			const ends = scene.clock.wallTime() + left;
			scene.history = [asking(question('q1', { until: ends, announces: false }), 1)];
			expect(await scene.decides(says('m1', 'hello'))).toBe('ordinary');
			await scene.clock.advance(66_000);
			expect(scene.desk.decide(says('m2', 'yes'))).toBe('ordinary');
			expect(scene.looks).toBe(0);
		},
	);

	it('makes a later reply an ordinary message', async () => {
		const scene = new DeskScene();
		scene.desk.sawOwn(asking(question('q1', { until }), 1));
		await scene.clock.advance(66_000);
		expect(await scene.decides(says('m1', 'yes'))).toBe('ordinary');
	});
});
