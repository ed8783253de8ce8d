import {
	AGENT,
	ALICE,
	DIRECT,
	frame,
	GROUP,
	inChat,
	OTHER_GROUP,
	saidAt,
} from '../../../support/sample-messages';
import { InboxScene } from '../../../support/inbox-scene';
import { settled } from '../../../support/fake-clock';

describe('what arrives', () => {
	it('starts an execution for each message, live or from the backlog', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({}, frame('old'));
		await trigger.execution('old').end();

		await scene.hears('new', saidAt(1));

		expect(trigger.executions.map(({ id, delivery }) => [id, delivery])).toEqual([
			['old', { source: 'backlog', attempt: 1 }],
			['new', { source: 'live', attempt: 1 }],
		]);
	});

	it('is ignored where the agent said it itself, and not marked', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();

		await scene.hears('own', { sender_id: AGENT, sender_is_agent: 1 });
		await scene.clock.advance(10_000);

		expect(trigger.started).toEqual([]);
		expect(scene.port.marks).toEqual([]);
	});

	it('is marked read where the filters turn it away', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ filter: { allowFrom: new Set(['u_bob']) } });

		await scene.hears('denied');
		await scene.clock.advance(10_000);

		expect(trigger.started).toEqual([]);
		expect(scene.port.marked).toEqual(['denied']);
	});

	it.each([
		['nobody is allowed', { allowFrom: new Set<string>() }, {}],
		['no kind is allowed', { allowFromKind: new Set<string>() }, {}],
		['the agent is not mentioned', { requireMention: true }, { mentions: [] }],
		['it is empty', {}, { content: '' }],
	])('is marked read where %s', async (_what, filter, fields) => {
		const scene = new InboxScene();
		await scene.started({ filter });

		await scene.hears('m', fields);
		await scene.clock.advance(10_000);

		expect(scene.port.marked).toEqual(['m']);
	});

	it('is marked read once its execution has ended', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		await scene.hears('m');
		await scene.clock.advance(10_000);
		expect(scene.port.marked).toEqual([]);

		await trigger.execution('m').end();
		await scene.clock.advance(250);

		expect(scene.port.marked).toEqual(['m']);
	});

	it('is not marked while there is no connection, and marked on the next one', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		await scene.hears('m');
		scene.inbox.lost();
		await trigger.execution('m').end();
		await scene.clock.advance(10_000);
		expect(scene.port.marks).toEqual([]);

		await scene.connect(frame('m'));
		await scene.clock.advance(10_000);

		expect(scene.port.marked).toEqual(['m']);
		expect(trigger.started).toEqual(['m']);
	});
});

describe('what was known before a connection', () => {
	it('counts as read where its batch does not have it, though it comes live once more', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		await scene.hears('m');
		await trigger.execution('m').end();
		scene.inbox.lost();
		await scene.clock.advance(1000);
		scene.inbox.opening();
		scene.inbox.identified(scene.context());
		await scene.hears('m');
		scene.inbox.ready();
		await scene.clock.advance(10_000);

		expect(scene.port.marked).toEqual([]);
		expect(trigger.started).toEqual(['m']);
	});
});

describe('invariant 5: identity first', () => {
	it('judges nothing before auth_ok, whichever comes first', async () => {
		const scene = new InboxScene();
		const { trigger } = scene.join();
		await scene.clock.advance(2000);
		scene.inbox.opening();
		scene.inbox.offline([frame('in the batch'), frame('own', { sender_id: AGENT })]);
		await scene.hears('live', saidAt(1));
		await settled();
		expect(trigger.prepared).toEqual([]);

		scene.inbox.identified(scene.context());
		scene.inbox.ready();
		await settled();

		expect(trigger.prepared).toEqual(['in the batch']);
	});

	it("starts and marks nothing of one agent's once the token is another one's", async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		await scene.hears('first');
		await scene.hears('second', saidAt(1));
		scene.inbox.lost();
		scene.inbox.opening();
		scene.inbox.identified(scene.context('u_other_agent'));
		scene.inbox.ready();

		await trigger.execution('first').end();
		await scene.clock.advance(10_000);

		expect(trigger.started).toEqual(['first']);
		expect(scene.port.marks).toEqual([]);
	});
});

describe('invariant 10: what comes from the wire is hostile', () => {
	it('reports a frame that cannot be read, marks it in its turn, and goes on', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		await scene.hears('first');
		await scene.hearsFrame(frame('bad', saidAt(1, { content: {} })));
		await scene.hears('last', saidAt(2));
		await scene.clock.advance(10_000);
		expect(scene.port.marked).toEqual([]);

		await trigger.execution('first').end();
		await trigger.execution('last').end();
		await scene.clock.advance(10_000);

		expect(scene.port.marked).toEqual(['first', 'bad', 'last']);
		expect(scene.logger.complaints).toEqual([expect.stringContaining('content')]);
	});

	it.each([[null], ['text'], [42], [{}], [[frame('m')]]])(
		'survives the live frame %p',
		async (raw) => {
			const scene = new InboxScene();
			const { trigger } = await scene.started();

			await scene.hearsFrame(raw);
			await scene.hears('good');

			expect(trigger.started).toEqual(['good']);
		},
	);

	it.each([[null], ['text'], [{ 0: 'x' }]])('survives the batch %p', async (payload) => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();

		scene.inbox.offline(payload);
		await scene.hears('good');

		expect(trigger.started).toEqual(['good']);
		expect(scene.logger.complaints).toEqual([expect.stringContaining('not a list')]);
	});

	it('takes the readable messages of a batch in which others are not', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started(
			{},
			null,
			frame('a'),
			{ id: 'b' },
			frame('c', inChat(DIRECT)),
		);

		expect(trigger.started).toEqual(['a', 'c']);
	});

	it('begins a batch in the order of its times, however a server has sorted it', async () => {
		const scene = new InboxScene();
		const batch = Array.from({ length: 600 }, (_, number) => frame(`m${number}`, saidAt(number)));
		const { trigger } = await scene.started({}, ...batch.slice(300), ...batch.slice(0, 300));

		for (let number = 0; number < batch.length; number += 1) {
			expect(trigger.started).toHaveLength(number + 1);
			await trigger.execution(`m${number}`).end('success');
		}
		expect(trigger.started).toEqual(batch.map(({ id }) => id));
	});

	it('leaves unread what could not be handled, and what comes behind it in its chat; the others go on', async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started();
		const offer = jest.spyOn(subscription, 'offer').mockImplementationOnce(() => {
			throw new Error('a fault of the client');
		});
		await scene.hears('bad', saidAt(1));
		offer.mockRestore();

		await scene.hears('behind', saidAt(2));
		await scene.hears('elsewhere', { ...inChat(DIRECT), ...saidAt(3) });
		for (const id of ['behind', 'elsewhere']) await trigger.execution(id).end('success');
		await scene.clock.advance(60_000);

		expect(scene.logger.complaints).toEqual([expect.stringContaining('a fault of the client')]);
		expect(scene.port.marked).toEqual(['elsewhere']);
	});

	it('does not mark an unreadable frame of an unknown chat while anything is unread on purpose', async () => {
		const scene = new InboxScene();
		await scene.started({ filter: { chats: new Set([GROUP.id]) } });
		await scene.hears('passed over', inChat(OTHER_GROUP));

		await scene.hearsFrame({ id: 'bad', created_at: saidAt(5).created_at });
		await scene.clock.advance(60_000);

		expect(scene.port.marked).toEqual([]);
		expect(scene.clock.pending).toBe(0);
	});

	it('keeps a hostile id out of the lines of the log', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		await scene.hears('id\n[error] forged');

		await trigger.execution('id\n[error] forged').end('failed');

		expect(scene.logger.complaints.join('')).not.toContain('\n');
	});
});

describe('the first batch of a process', () => {
	it('waits until no trigger has joined for 2 s, so that each of them gets it', async () => {
		const scene = new InboxScene();
		const first = scene.join({}, 'w1:n:trigger');
		await scene.connect(frame('m'));
		await scene.clock.advance(1500);
		const second = scene.join({}, 'w2:n:trigger');
		await scene.clock.advance(1999);
		expect(first.trigger.started).toEqual([]);

		await scene.clock.advance(1);

		expect([first.trigger.started, second.trigger.started]).toEqual([['m'], ['m']]);
	});

	it('does not begin to mark on a connection that was lost while it waited', async () => {
		const scene = new InboxScene();
		scene.join({ filter: { allowFrom: new Set() } });
		await scene.connect(frame('m'));
		scene.inbox.lost();

		await scene.clock.advance(60_000);

		expect(scene.port.marks).toEqual([]);
		expect(scene.clock.pending).toBe(0);
	});

	it('is left alone where nobody but an action uses the connection', async () => {
		const scene = new InboxScene();
		await scene.connect(frame('m'));
		await scene.hears('live');
		await scene.clock.advance(60_000);

		expect(scene.port.marks).toEqual([]);
	});
});

describe('an inbox', () => {
	it('shows that the agent is typing while it works, where that is wanted', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ showTyping: true });
		await scene.hears('m');
		await scene.clock.advance(2500);
		expect(scene.port.typing).toEqual([GROUP, GROUP]);

		await trigger.execution('m').end();
		await scene.clock.advance(60_000);

		expect(scene.port.typing).toHaveLength(2);
	});

	it('does not show it where that is not wanted, nor for messages that are skipped', async () => {
		const quiet = new InboxScene();
		await quiet.started({ showTyping: false });
		await quiet.hears('m');
		const strict = new InboxScene();
		await strict.started({ showTyping: true, filter: { allowFrom: new Set() } });
		await strict.hears('m');

		expect([quiet.port.typing, strict.port.typing]).toEqual([[], []]);
	});

	it('is quiet after close, and leaves no timer', async () => {
		const scene = new InboxScene();
		scene.join();
		await scene.connect(frame('m', { sender_id: ALICE }));

		scene.inbox.close();
		scene.inbox.close();
		await scene.clock.advance(60_000);

		expect(scene.port.marks).toEqual([]);
		expect(scene.clock.pending).toBe(0);
	});
});
