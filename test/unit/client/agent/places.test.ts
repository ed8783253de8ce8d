import type { Clock } from '../../../../client/clock';
import type { AgentCredentials } from '../../../../client/connection/credentials';
import { withHiddenNote } from '../../../../client/protocol/hidden-note';
import { aboutChat, type Question } from '../../../../client/questions/question';
import { Sealer } from '../../../../client/questions/sealer';
import { settled } from '../../../support/fake-clock';
import { RegistryScene } from '../../../support/registry-scene';
import { credentialsOf } from '../../../support/sample-credentials';
import { DIRECT, frame, inChat, saidAt } from '../../../support/sample-messages';

/** Two agents, and their tokens. */
const A = 'u_a';
const B = 'u_b';

/** The agent's own message, with a question that is open for a minute. */
function asking(token: string, agentId: string, clock: Clock) {
	const question: Question = {
		id: 'q',
		responseType: 'approval',
		approveLabel: 'Approve',
		disapproveLabel: 'Decline',
		approvers: [],
		isRefusal: false,
		isReview: false,
		until: clock.wallTime() + 60_000,
		announces: true,
		excerpt: 'May I?',
		wakePath: '/webhook-waiting/1',
		wakeOrigin: 'https://n8n.test',
	};
	const note = new Sealer(token).seal({ is: 'question', question }, aboutChat(agentId, DIRECT));
	const content = withHiddenNote('> May I?', note);
	return frame('asks', { ...inChat(DIRECT, saidAt(1)), sender_id: agentId, content });
}

/** Its credential cannot be read just now. */
function unreadable(): Promise<never> {
	return Promise.reject(new Error('the database is locked'));
}

describe("a trigger that is published again with another agent's credential", () => {
	it('starts nothing of what waited for the agent that it had, which stays unread there', async () => {
		const scene = new RegistryScene();
		const first = scene.run({}, { token: 'token_a' });
		await scene.lets('token_a', A);
		await first.close();
		await scene.tells('token_a', 'for a');

		const next = scene.run({}, { token: 'token_b' });
		await settled();
		expect(next.trigger.prepared).toEqual([]);
		await scene.lets('token_b', B);
		await scene.tells('token_b', 'for b', 1);
		await scene.clock.advance(60_000);

		expect(next.trigger.prepared).toEqual(['for b']);
		expect(scene.markedWith('token_a')).toEqual([]);
	});

	it('gets what waited for its former agent again once it is back there', async () => {
		const scene = new RegistryScene();
		const first = scene.run({}, { token: 'token_a' });
		await scene.lets('token_a', A);
		await first.close();
		await scene.tells('token_a', 'for a');
		const middle = scene.run({}, { token: 'token_b' });
		await scene.lets('token_b', B);
		await middle.close();

		const last = scene.run({}, { token: 'token_a' });
		await scene.lets('token_a', A, frame('for a', saidAt(0)));

		expect([middle.trigger.started, last.trigger.started]).toEqual([[], ['for a']]);
	});

	it("leaves what is running to its own agent: it is marked there, and its chat's failure reply is sent by nobody else", async () => {
		const scene = new RegistryScene();
		const waitsShortly = { failureReply: 'sorry', laneTimeout: 1000 };
		const first = scene.run(waitsShortly, { token: 'token_a' });
		await scene.lets('token_a', A);
		await scene.tells('token_a', 'runs');
		await scene.clock.advance(1000);
		await first.close();
		scene.run({ failureReply: 'sorry' }, { token: 'token_b' });
		await scene.lets('token_b', B);

		await first.trigger.execution('runs').end('failed');
		await scene.clock.advance(3000);

		expect(scene.markedWith('token_a')).toEqual(['runs']);
		expect(scene.markedWith('token_b')).toEqual([]);
		expect(scene.logger.complaints).toContainEqual(
			expect.stringContaining('The failure reply could not be sent'),
		);
		expect(scene.sockets.sockets.flatMap((socket) => socket.all('send_message'))).toEqual([]);
	});

	it('works on a message of a chat that both agents are in for each of them', async () => {
		const scene = new RegistryScene();
		const first = scene.run({}, { token: 'token_a' });
		await scene.lets('token_a', A);
		await scene.tells('token_a', 'for both');
		await first.trigger.execution('for both').end();
		await first.close();
		const next = scene.run({}, { token: 'token_b' });

		await scene.lets('token_b', B, frame('for both', saidAt(0)));

		expect(next.trigger.started).toEqual(['for both']);
	});

	it('goes on with what waited where the other token turns out to be one of the same agent', async () => {
		const scene = new RegistryScene();
		const first = scene.run({}, { token: 'old' });
		await scene.lets('old', A);
		await scene.tells('old', 'runs', 1);
		await scene.tells('old', 'waits', 2);
		await first.close();
		const next = scene.run({}, { token: 'new' });
		await scene.lets('new', A, frame('runs', saidAt(1)), frame('waits', saidAt(2)));
		expect(next.trigger.started).toEqual([]);

		await first.trigger.execution('runs').end();
		expect(next.trigger.started).toEqual(['waits']);
		await next.trigger.execution('waits').end();
		await scene.clock.advance(3000);

		expect(scene.markedWith('new')).toEqual(['runs', 'waits']);
	});

	it('repeats nothing that is done where the server lets the new token in only after a long time', async () => {
		const scene = new RegistryScene();
		const first = scene.run({}, { token: 'old' });
		await scene.lets('old', A);
		await scene.tells('old', 'done', 1);
		await first.trigger.execution('done').end();
		await first.close();
		const next = scene.run({}, { token: 'new' });
		await scene.clock.advance(14_000);
		await scene.clock.advance(100_000);

		await scene.lets('new', A, frame('done', saidAt(1)), frame('missed', saidAt(2)));

		expect(next.trigger.started).toEqual(['missed']);
	});
});

describe('an execution that ends while its trigger has no connection', () => {
	it('counts as done on the next one: the message is marked, and not run again', async () => {
		const scene = new RegistryScene();
		const { trigger } = scene.run({}, { token: 'old' });
		await scene.lets('old', A);
		await scene.tells('old', 'm');
		trigger.currentCredentials = credentialsOf('new');
		await scene.sockets.last.fail('transport close');
		await scene.clock.advance(1000);

		await trigger.execution('m').end();
		await scene.lets('new', A, frame('m', saidAt(0)));
		await scene.clock.advance(5000);

		expect(trigger.started).toEqual(['m']);
		expect(scene.markedWith('new')).toEqual(['m']);
	});
});

describe("a closed trigger's place", () => {
	it("whose token was refused from the start gets nothing of an agent that connects beside it, and does not hold up that one's marks", async () => {
		const scene = new RegistryScene();
		const b = scene.run({}, { place: 'b', token: 'refused' });
		await settled();
		await scene.sockets.last.refuse();
		await b.close();
		const a = scene.run({}, { place: 'a', token: 'token_a' });
		await scene.lets('token_a', A);
		await scene.tells('token_a', 'private');
		await a.trigger.execution('private').end();
		await scene.clock.advance(3000);
		const again = scene.run({}, { place: 'b', token: 'token_b' });
		await scene.lets('token_b', B);

		expect(again.trigger.prepared).toEqual([]);
		expect(scene.markedWith('token_a')).toEqual(['private']);
	});

	it('follows its agent to a new token, and no other agent', async () => {
		const scene = new RegistryScene();
		const closed = scene.run({}, { place: 'closed', token: 'old' });
		const open = scene.run({}, { place: 'open', token: 'old' });
		await scene.lets('old', A);
		await closed.close();
		await open.close();
		scene.run({}, { place: 'open', token: 'new' });
		await scene.lets('new', A);
		await scene.tells('new', 'meanwhile');

		const next = scene.run({}, { place: 'closed', token: 'new' });
		await scene.clock.advance(1000);

		expect(next.trigger.started).toEqual(['meanwhile']);
	});
});

describe('a trigger that is closed a while after it got a new token', () => {
	it('is held for 30 s from its close, and not from the change', async () => {
		const scene = new RegistryScene();
		const { trigger, close } = scene.run({}, { token: 'old' });
		await scene.lets('old', A);
		trigger.currentCredentials = credentialsOf('new');
		await scene.sockets.last.fail('transport close');
		await scene.clock.advance(23_000);
		await close();
		await scene.clock.advance(5000);
		await scene.lets('new', A);

		await scene.clock.advance(15_000);
		expect(scene.logger.lines.join()).not.toContain('comes again when it is published');
		await scene.clock.advance(15_000);
		expect(scene.logger.lines.join()).toContain('comes again when it is published');
	});
});

describe('a trigger that had a new token for 30 s before the server let it in', () => {
	it('repeats nothing that it had done, though it was closed just then', async () => {
		const scene = new RegistryScene();
		const first = scene.run({}, { token: 'old' });
		await scene.lets('old', A);
		await scene.tells('old', 'done', 1);
		await first.trigger.execution('done').end();
		first.trigger.currentCredentials = credentialsOf('new');
		await scene.sockets.last.fail('transport close');
		await scene.clock.advance(35_000);
		await first.close();
		await scene.lets('new', A, frame('done', saidAt(1)));

		const next = scene.run({}, { token: 'new' });
		await scene.lets('new', A, frame('done', saidAt(1)), frame('missed', saidAt(2)));

		expect(next.trigger.started).toEqual(['missed']);
	});
});

describe('a trigger that was published under a new token and closed before the server let it in', () => {
	it('keeps what its last filters let through, and not what those of the old token did', async () => {
		const scene = new RegistryScene();
		const first = scene.run({ filter: { requireMention: true } }, { token: 'old' });
		await scene.lets('old', A);
		first.trigger.currentCredentials = credentialsOf('new');
		await scene.sockets.last.fail('transport close');
		await scene.clock.advance(1000);
		const second = scene.run({ filter: { requireMention: false } }, { token: 'new' });
		await second.close();
		const plain = { ...frame('plain', saidAt(1)), mentions: [] };
		await scene.lets('new', A, plain);
		await scene.clock.advance(5000);
		expect(scene.markedWith('new')).toEqual([]);

		const third = scene.run({ filter: { requireMention: false } }, { token: 'new' });
		await scene.lets('new', A, plain);

		expect(third.trigger.started).toEqual(['plain']);
	});
});

describe('a trigger whose credential changes while an execution runs', () => {
	it('goes on with its life: an execution that fails then has had its attempt', async () => {
		const scene = new RegistryScene();
		const { trigger } = scene.run({ acknowledge: 'onSuccess' }, { token: 'old' });
		await scene.lets('old', A);
		await scene.tells('old', 'm');
		trigger.currentCredentials = credentialsOf('new');
		await scene.sockets.last.fail('transport close');
		await scene.clock.advance(1000);

		await trigger.execution('m').end('failed');
		await scene.lets('new', A, frame('m', saidAt(0)));
		await scene.clock.advance(10_000);

		expect(trigger.executions.map(({ delivery }) => delivery.attempt)).toEqual([1, 2]);
	});

	it('settles what failed then where the server lets the new token in as the same agent', async () => {
		const scene = new RegistryScene();
		const { trigger } = scene.run({ acknowledge: 'onCompletion' }, { token: 'old' });
		await scene.lets('old', A);
		await scene.tells('old', 'm');
		trigger.currentCredentials = credentialsOf('new');
		await scene.sockets.last.fail('transport close');
		await scene.clock.advance(1000);
		await scene.lets('new', A, frame('m', saidAt(0)));

		await trigger.execution('m').end('failed');
		await scene.clock.advance(10_000);

		expect(trigger.started).toEqual(['m']);
		expect(scene.markedWith('new')).toEqual(['m']);
	});
});

describe('a trigger whose credential cannot be read', () => {
	it('stays with its agent when another trigger of that agent is switched to another one', async () => {
		const scene = new RegistryScene();
		const switched = scene.run({}, { place: 'switched', token: 'token_a' });
		const stays = scene.run({}, { place: 'stays', token: 'token_a' });
		await scene.lets('token_a', A);
		switched.trigger.currentCredentials = credentialsOf('token_b');
		const read = stays.trigger.credentials.bind(stays.trigger);
		stays.trigger.credentials = unreadable;
		await scene.sockets.last.fail('transport close');
		await scene.clock.advance(1000);
		await scene.lets('token_b', B);
		stays.trigger.credentials = read;
		await scene.clock.advance(30_000);
		await scene.lets('token_a', A);

		await scene.tells('token_b', 'for b');
		await scene.tells('token_a', 'for a');

		expect(switched.trigger.started).toEqual(['for b']);
		expect(stays.trigger.started).toEqual(['for a']);
	});

	it('goes along with its agent to a new token, which the server has let in as the same agent', async () => {
		const scene = new RegistryScene();
		const edited = scene.run({}, { place: 'edited', token: 'old' });
		const busy = scene.run({}, { place: 'busy', token: 'old' });
		await scene.lets('old', A);
		edited.trigger.currentCredentials = credentialsOf('new');
		busy.trigger.credentials = unreadable;
		await scene.sockets.last.fail('transport close');
		await scene.clock.advance(1000);
		await scene.lets('new', A);

		await scene.tells('new', 'm');

		expect([edited.trigger.started, busy.trigger.started]).toEqual([['m'], ['m']]);
		expect(scene.tokens).toEqual(['new']);
	});
});

describe('a node that uses the new token of an agent whose trigger is connected with the old one', () => {
	it('brings the trigger over, where its credential has the new token too; nothing runs twice', async () => {
		const scene = new RegistryScene();
		const { trigger } = scene.run({}, { token: 'old' });
		await scene.lets('old', A);
		await scene.tells('old', 'runs', 1);
		trigger.currentCredentials = credentialsOf('new');

		const session = scene.registry.session(credentialsOf('new'), scene.logger);
		session.lease();
		void session.whenReady(60_000);
		await scene.lets('new', A, frame('runs', saidAt(1)), frame('waits', saidAt(2)));
		await scene.lets('new', A, frame('runs', saidAt(1)), frame('waits', saidAt(2)));
		await trigger.execution('runs').end();
		await trigger.execution('waits').end();
		await scene.clock.advance(3000);

		expect(trigger.started).toEqual(['runs', 'waits']);
		expect(scene.markedWith('new')).toEqual(['runs', 'waits']);
		expect(scene.tokens).toEqual(['new']);
	});

	it('leaves the trigger where it is, as long as its credential has the old one', async () => {
		const scene = new RegistryScene();
		const { trigger } = scene.run({}, { token: 'old' });
		await scene.lets('old', A);

		const session = scene.registry.session(credentialsOf('new'), scene.logger);
		session.lease();
		void session.whenReady(60_000);
		await scene.lets('new', A);
		await scene.tells('old', 'm', 1);
		await trigger.execution('m').end();
		await scene.clock.advance(3000);

		expect(scene.markedWith('old')).toEqual(['m']);
	});
});

describe('a mark that is on its way under the old token', () => {
	it('is waited for before a trigger begins what the new connection says is unread', async () => {
		const scene = new RegistryScene();
		const deaf = { filter: { allowFrom: new Set(['u_nobody']) } };
		const first = scene.run(deaf, { token: 'old' });
		await scene.lets('old', A);
		await scene.tells('old', 'turned away', 1);
		await scene.clock.advance(3000);
		const [mark] = scene.socketOf('old').all('mark_read');
		await first.close();
		const next = scene.run({}, { token: 'new' });
		await scene.lets('new', A, frame('turned away', saidAt(1)));
		await scene.clock.advance(10_000);
		expect(next.trigger.started).toEqual([]);

		await mark?.answer({});
		await scene.lets('new', A, frame('unread', saidAt(2)));

		expect(scene.markedWith('old')).toEqual(['turned away']);
		expect(next.trigger.started).toEqual(['unread']);
	});
});

describe('tokens that the server has swapped', () => {
	it('take nothing that waits or has run from one agent to the other', async () => {
		const scene = new RegistryScene();
		const first = scene.run({}, { place: 'first', token: 'one' });
		await scene.lets('one', A);
		await scene.tells('one', 'runs', 1);
		await scene.tells('one', 'waits', 2);
		await scene.sockets.last.fail('transport close');
		await scene.clock.advance(1000);
		const words = frame('of a', saidAt(3, { sender_id: A }));
		await scene.lets('one', B, frame('runs', saidAt(1)), { ...words, chat_id: 'gc_2' });
		expect(first.trigger.started).toEqual(['runs', 'runs', 'of a']);

		await first.trigger.executions[0]?.end();
		await scene.clock.advance(5000);

		expect(scene.markedWith('one')).toEqual([]);
		expect(first.trigger.started).toEqual(['runs', 'runs', 'of a']);
	});
});

describe("a token that becomes another agent's while the connection is down", () => {
	const cutOff = async (scene: RegistryScene) => {
		await scene.sockets.last.fail('transport close');
		await scene.clock.advance(1000);
	};

	it.each(['before', 'after'])(
		"sends no failure reply of the agent that had it, of an execution that fails %s the connection's return, and the log tells",
		async (when) => {
			const scene = new RegistryScene();
			const { trigger } = scene.run({ failureReply: 'sorry' }, { token: 'token' });
			await scene.lets('token', A);
			await scene.tells('token', 'runs');
			await cutOff(scene);

			if (when === 'before') await trigger.execution('runs').end('failed');
			await scene.lets('token', B);
			if (when === 'after') await trigger.execution('runs').end('failed');
			await scene.clock.advance(60_000);

			expect(scene.sockets.sockets.flatMap((socket) => socket.all('send_message'))).toEqual([]);
			expect(scene.logger.complaints).toContainEqual(
				expect.stringContaining('The failure reply could not be sent'),
			);
		},
	);

	it('sends it where the token is still the same agent’s', async () => {
		const scene = new RegistryScene();
		const { trigger } = scene.run({ failureReply: 'sorry' }, { token: 'token' });
		await scene.lets('token', A);
		await scene.tells('token', 'runs');
		await cutOff(scene);
		await trigger.execution('runs').end('failed');
		await scene.lets('token', A);

		expect(scene.socketOf('token').all('send_message')).toMatchObject([
			{ payload: { content: 'sorry' } },
		]);
	});

	it.each([
		{ next: A, said: 1 },
		{ next: B, said: 0 },
	])(
		'has the end of a question told by nobody but the agent that asked it ($next: $said)',
		async ({ next, said }) => {
			const scene = new RegistryScene();
			const { trigger } = scene.run({}, { token: 'token' });
			trigger.answers = {
				answer: () => Promise.resolve('over'),
				check: () => Promise.resolve('over'),
			};
			await scene.lets('token', A);
			scene.socketOf('token').handlers.frame('new_message', asking('token', A, scene.clock));
			await settled();
			await cutOff(scene);
			await scene.lets('token', next);
			await scene.clock.advance(120_000);

			const texts = scene
				.socketOf('token')
				.all('send_message')
				.map(({ payload }) => (payload as { content: string }).content);
			expect(texts).toEqual(Array(said).fill(expect.stringContaining('May I?')));
		},
	);
});

describe('a place that has been given up', () => {
	it('does not take the one with it that the trigger has since, though a lane of it rests late', async () => {
		const scene = new RegistryScene();
		const busy = scene.run({}, { token: 'token_b', place: 'busy' });
		await scene.lets('token_b', B);
		const first = scene.run({}, { token: 'token_a' });
		await scene.lets('token_a', A);
		// n8n runs one execution at a time, and another trigger has it.
		scene.registry.limitExecutions(1);
		await scene.tells('token_b', 'takes long');
		await scene.tells('token_a', 'waits');
		await first.close();
		await scene.clock.advance(60_000);

		const next = scene.run({}, { token: 'token_a' });
		await scene.lets('token_a', A);
		await busy.trigger.execution('takes long').end();
		scene.socketOf('token_a').handlers.failed('transport close');
		await scene.clock.advance(10_000);
		await scene.lets('token_a', A, frame('comes later', saidAt(3)));

		expect(next.trigger.started).toEqual(['comes later']);
	});
});

describe('a trigger that starts while another one of its agent is found to have a new credential', () => {
	it('keeps the connection of its own credential', async () => {
		const scene = new RegistryScene();
		const moves = scene.run({}, { token: 'token_a', place: 'moves' });
		await scene.lets('token_a', A);
		let tell: (credentials: AgentCredentials) => void = () => undefined;
		moves.trigger.credentials = () => new Promise((resolve) => (tell = resolve));
		scene.socketOf('token_a').handlers.failed('transport close');
		await scene.clock.advance(5000);

		const comes = scene.run({}, { token: 'token_a', place: 'comes' });
		moves.trigger.credentials = () => Promise.resolve(credentialsOf('token_b'));
		tell(credentialsOf('token_b'));
		await scene.lets('token_a', A, frame('for a', saidAt(0)));

		expect(comes.trigger.started).toEqual(['for a']);
		expect(scene.tokens).toContain('token_b');
	});
});
