import {
	type FilterSettings,
	isAddressed,
	isEmpty,
	skipReason,
	listensTo,
} from '../../../../../client/inbound/intake/filter';
import { withHiddenNote } from '../../../../../client/protocol/hidden-note';
import {
	AGENT,
	ALICE,
	BOB,
	DIRECT,
	GROUP,
	inChat,
	message,
} from '../../../../support/sample-messages';
import { ANYBODY } from '../../../../support/scripted-trigger';

const verdict = (
	settings: Partial<FilterSettings>,
	overrides: Readonly<Record<string, unknown>> = {},
) => skipReason({ ...ANYBODY, ...settings }, message('m', overrides), AGENT);
const ids = (...list: string[]) => new Set(list);

describe('the list of allowed senders', () => {
	it('lets everybody through with "*"', () => {
		expect(verdict({ allowFrom: ids('*') })).toBeUndefined();
	});

	it('lets those through whom it names, and nobody else', () => {
		expect(verdict({ allowFrom: ids(BOB, ALICE) })).toBeUndefined();
		expect(verdict({ allowFrom: ids(BOB) })).toBe('sender');
	});

	it('denies everybody when it is empty', () => {
		expect(verdict({ allowFrom: ids() })).toBe('sender');
	});

	it('goes by ids, not by display names', () => {
		expect(verdict({ allowFrom: ids('Alice') })).toBe('sender');
		expect(verdict({ allowFrom: ids(BOB) }, { sender_name: BOB })).toBe('sender');
	});
});

describe('the list of allowed kinds', () => {
	const HUMAN = { sender_is_agent: 0 };
	const ROBOT = { sender_is_agent: 1 };

	it('denies everybody when it is empty', () => {
		expect(verdict({ allowFromKind: ids() }, HUMAN)).toBe('sender kind');
		expect(verdict({ allowFromKind: ids() }, ROBOT)).toBe('sender kind');
	});

	it('with "human" lets only humans through', () => {
		expect(verdict({ allowFromKind: ids('human') }, HUMAN)).toBeUndefined();
		expect(verdict({ allowFromKind: ids('human') }, ROBOT)).toBe('sender kind');
	});

	it('with "agent" lets only agents through', () => {
		expect(verdict({ allowFromKind: ids('agent') }, ROBOT)).toBeUndefined();
		expect(verdict({ allowFromKind: ids('agent') }, HUMAN)).toBe('sender kind');
	});

	it('with "*", or with both kinds, lets both through', () => {
		for (const allowFromKind of [ids('*'), ids('human', 'agent')]) {
			expect(verdict({ allowFromKind }, HUMAN)).toBeUndefined();
			expect(verdict({ allowFromKind }, ROBOT)).toBeUndefined();
		}
	});

	it('is intersected with the list of senders', () => {
		expect(verdict({ allowFrom: ids(ALICE), allowFromKind: ids('agent') }, HUMAN)).toBe(
			'sender kind',
		);
		expect(verdict({ allowFrom: ids(BOB), allowFromKind: ids('human') }, HUMAN)).toBe('sender');
		expect(verdict({ allowFrom: ids(ALICE), allowFromKind: ids('human') }, HUMAN)).toBeUndefined();
	});
});

describe('the need for a mention', () => {
	const requireMention = true;

	it('turns away what is said in a group without one', () => {
		expect(verdict({ requireMention }, { mentions: [] })).toBe('no mention');
		expect(verdict({ requireMention }, { mentions: [BOB] })).toBe('no mention');
	});

	it('lets a mention of the agent through', () => {
		expect(verdict({ requireMention }, { mentions: [BOB, AGENT] })).toBeUndefined();
	});

	it('lets a mention of everybody through, unless that is to be ignored', () => {
		expect(verdict({ requireMention }, { mentions: ['all'] })).toBeUndefined();
		expect(verdict({ requireMention, ignoreMentionAll: true }, { mentions: ['all'] })).toBe(
			'no mention',
		);
		expect(
			verdict({ requireMention, ignoreMentionAll: true }, { mentions: ['all', AGENT] }),
		).toBeUndefined();
	});

	it('goes by the list of mentions, not by tags in the text', () => {
		expect(
			verdict({ requireMention }, { mentions: [], content: `<at user_id="${AGENT}">Robo</at>` }),
		).toBe('no mention');
	});

	it('does not concern direct chats', () => {
		expect(verdict({ requireMention }, inChat(DIRECT, { mentions: [] }))).toBeUndefined();
	});

	it('can be turned off', () => {
		expect(verdict({ requireMention: false }, { mentions: [] })).toBeUndefined();
	});
});

describe('a message', () => {
	it('is empty with neither words nor a file', () => {
		expect(verdict({}, { content: '  \n' })).toBe('empty');
		expect(verdict({}, { content: null })).toBe('empty');
	});

	it('is empty with a note alone that nobody sees', () => {
		expect(verdict({}, { content: withHiddenNote('\u200b', 'bm90ZQ') })).toBe('empty');
	});

	it('is not empty with a file alone', () => {
		expect(verdict({}, { content: '', file_url: '/media/uploads/x' })).toBeUndefined();
	});

	it('is not empty with a tag alone', () => {
		expect(isEmpty(message('m', { content: `<at user_id="${AGENT}"></at>` }))).toBe(false);
	});

	it('from a chat of a type that nobody knows is turned away', () => {
		expect(verdict({}, inChat({ type: 'channel', id: 'x' }))).toBe('chat type');
	});

	it('is judged by its sender first: who is denied does not learn whether a mention counted', () => {
		expect(verdict({ allowFrom: ids(), requireMention: true }, { mentions: [], content: '' })).toBe(
			'sender',
		);
	});
});

describe('being addressed', () => {
	it('is always the case in a direct chat', () => {
		expect(isAddressed(message('m', inChat(DIRECT, { mentions: [] })), AGENT, true)).toBe(true);
	});

	it('needs a mention in a group, whatever the trigger requires', () => {
		expect(isAddressed(message('m', { mentions: [] }), AGENT, false)).toBe(false);
		expect(isAddressed(message('m', { mentions: [AGENT] }), AGENT, false)).toBe(true);
	});
});

describe('the chats that a trigger listens to', () => {
	const listens = (chats: string[], chat: { type: string; id: string }) =>
		listensTo({ ...ANYBODY, chats: new Set(chats) }, chat);

	it('are all where none is chosen', () => {
		expect(listens([], GROUP)).toBe(true);
	});

	it('are those that are chosen', () => {
		expect(listens([GROUP.id], GROUP)).toBe(true);
		expect(listens([GROUP.id], DIRECT)).toBe(false);
	});

	it('may be named by the reference or by the bare id of an old server', () => {
		expect(listens(['gr_1f'], { type: 'group', id: '1f' })).toBe(true);
		expect(listens(['1f'], { type: 'group', id: '1f' })).toBe(true);
		expect(listens(['pr_1f'], { type: 'group', id: '1f' })).toBe(false);
	});
});
