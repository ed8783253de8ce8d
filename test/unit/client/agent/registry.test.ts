import { pause } from '../../../../client/clock';
import type { Logger } from '../../../../client/logger';
import { hostLogger } from '../../../../nodes/shared/logger';
import { composeText } from '../../../../client/outbound/compose';
import { settled } from '../../../support/fake-clock';
import { RegistryScene as Scene } from '../../../support/registry-scene';
import { credentialsOf } from '../../../support/sample-credentials';
import { frame, saidAt } from '../../../support/sample-messages';
import { ScriptedTrigger } from '../../../support/scripted-trigger';

describe('the lines of the log', () => {
	/** A logger of n8n's, whose lines say where they come from. */
	const from = (lines: string[], where: string): Logger => {
		const write = (message: string) => lines.push(`${where}: ${message}`);
		return {
			debug: () => undefined,
			info: write,
			warn: write,
			error: write,
			as: (other) => from(lines, other),
		};
	};

	it("name a connection by its agent and server, and a trigger by itself, whoever opened the agent's session", async () => {
		const scene = new Scene();
		const lines: string[] = [];
		const credentials = credentialsOf();
		scene.registry.session(credentials, from(lines, 'credential test'));
		const trigger = new ScriptedTrigger();
		trigger.currentCredentials = credentials;
		const running = scene.registry.run('w:n', trigger, credentials, from(lines, 'workflow "W"'));
		await settled();
		await scene.sockets.last.fail('xhr poll error');
		await scene.clock.advance(2000);
		await scene.connect();
		void running.close();
		await scene.clock.advance(30_000);

		expect(lines).toEqual([
			expect.stringMatching(/^an agent on http:\/\/club\.test:5555: No connection/),
			expect.stringMatching(/^agent "Robo" on http:\/\/club\.test:5555: Connected/),
			expect.stringMatching(/^workflow "W": The trigger has been closed for 30 s/),
		]);
	});

	it('go on with a logger that knows no other names, as an older version of the package has', async () => {
		const scene = new Scene();
		scene.run();
		await scene.connect();

		expect(scene.logger.lines.some((line) => line.includes('Connected to Agent Club'))).toBe(true);
	});
});

describe('the triggers of one agent', () => {
	it('share one connection', async () => {
		const scene = new Scene();
		scene.run({}, { place: 'a' });
		scene.run({}, { place: 'b' });
		await scene.connect();

		expect(scene.sockets.count).toBe(1);
	});

	it('do not share it where one of them does not check the certificate, and the log says once what follows', async () => {
		const scene = new Scene();
		const lax = { ...credentialsOf(), ignoreSslIssues: true };
		scene.run({}, { place: 'a' });
		await scene.connect();
		const trigger = new ScriptedTrigger();
		trigger.currentCredentials = lax;
		scene.registry.run('b', trigger, lax, scene.logger);
		await scene.connect();
		await scene.sockets.last.fail('transport close');
		await scene.clock.advance(1000);
		await scene.connect();

		expect(scene.tokens).toHaveLength(2);
		expect(scene.logger.lines.filter((line) => /mark each other's messages/.test(line))).toEqual([
			expect.stringMatching(/^warn.*"Ignore SSL Issues".*Give them the same credential/),
		]);
	});

	it('do not share it with another token', async () => {
		const scene = new Scene();
		scene.run({}, { place: 'a' });
		scene.run({}, { place: 'b', token: 'other' });
		await settled();

		expect(scene.sockets.count).toBe(2);
	});

	it('share it with the actions', async () => {
		const scene = new Scene();
		scene.run();
		await scene.connect();
		const session = scene.registry.session(credentialsOf(), scene.logger);
		const release = session.lease();

		await session.whenReady(1000);
		release();

		expect(scene.sockets.count).toBe(1);
	});
});

describe('the place of a closed trigger', () => {
	it('is held for 30 s on the same connection, and its next life goes on with what waited', async () => {
		const scene = new Scene();
		const first = scene.run();
		await scene.connect();
		await first.close();
		await scene.hears('meanwhile');
		await scene.clock.advance(29_999);

		const next = scene.run();
		await scene.clock.advance(60_000);

		expect(next.trigger.started).toEqual(['meanwhile']);
		expect(first.trigger.started).toEqual([]);
		expect(scene.sockets.count).toBe(1);
	});

	it('is given up after 30 s: nothing is marked, the log says so, and the connection is closed 30 s later', async () => {
		const scene = new Scene();
		const first = scene.run();
		await scene.connect();
		await first.close();
		await scene.hears('meanwhile');
		await scene.clock.advance(29_000);
		expect(scene.logger.lines.join()).not.toContain('closed for 30 s');

		await scene.clock.advance(1000);
		expect(scene.logger.lines.join()).toContain('closed for 30 s');
		await scene.clock.advance(30_000);

		expect(scene.sockets.last.closed).toBe(true);
		expect(scene.marked).toEqual([]);
		expect(scene.clock.pending).toBe(0);
	});

	it('is not given up where a newer life is running', async () => {
		const scene = new Scene();
		const first = scene.run();
		await scene.connect();
		const second = scene.run();
		await first.close();
		await first.close();
		await scene.clock.advance(60_000);

		await scene.hears('m');

		expect(second.trigger.started).toEqual(['m']);
		expect(scene.logger.lines.join()).not.toContain('closed for 30 s');
	});
});

describe('closing a trigger in immediately', () => {
	it('waits until what was handed over is marked, for an n8n that stops has written it by then', async () => {
		const scene = new Scene();
		const { running, trigger } = scene.run({ acknowledge: 'immediately' });
		await scene.connect();
		trigger.preparing = pause(scene.clock, 300);
		await scene.hears('m');
		await scene.clock.advance(1500);
		let isClosed = false;
		void running.close().then(() => (isClosed = true));

		await scene.clock.advance(799);
		expect([isClosed, scene.marked]).toEqual([false, []]);
		await scene.clock.advance(1);
		expect([isClosed, scene.marked]).toEqual([false, [['m']]]);
		await scene.sockets.last.all('mark_read')[0]?.answer();

		expect(isClosed).toBe(true);
	});

	it('waits no longer than 3 s', async () => {
		const scene = new Scene();
		const { running } = scene.run({ acknowledge: 'immediately' });
		await scene.connect();
		for (let number = 0; number < 40; number += 1) await scene.hears(`m${number}`, number);
		let isClosed = false;
		void running.close().then(() => (isClosed = true));

		await scene.clock.advance(2000);
		for (const mark of scene.sockets.last.all('mark_read')) await mark.answer();
		await scene.clock.advance(999);
		expect(isClosed).toBe(false);
		await scene.clock.advance(1);

		expect(isClosed).toBe(true);
	});
});

describe('a credential that has changed', () => {
	it("takes its trigger to the other agent's connection at the next reconnect", async () => {
		const scene = new Scene();
		const { trigger } = scene.run();
		await scene.connect();
		trigger.currentCredentials = credentialsOf('new_token');
		await scene.sockets.last.fail('transport close');

		await scene.clock.advance(1000);

		expect(scene.tokens).toEqual(['new_token']);
	});

	it('takes what the trigger had not finished along, without running it twice', async () => {
		const scene = new Scene();
		const { trigger } = scene.run();
		await scene.connect();
		await scene.hears('running', 1);
		await scene.hears('queued', 2);
		trigger.currentCredentials = credentialsOf('new_token');
		await scene.sockets.last.fail('transport close');
		await scene.clock.advance(1000);
		scene.sockets.last.handlers.frame('offline_messages', [
			frame('running', saidAt(1)),
			frame('queued', saidAt(2)),
		]);
		await scene.connect();

		await trigger.execution('running').end();
		await trigger.execution('queued').end();
		await scene.clock.advance(3000);

		expect(trigger.started).toEqual(['running', 'queued']);
		expect(scene.marked).toEqual([['running', 'queued']]);
	});

	it('of one trigger leaves the others where they are', async () => {
		const scene = new Scene();
		const moved = scene.run({}, { place: 'a' });
		scene.run({}, { place: 'b' });
		await scene.connect();
		moved.trigger.currentCredentials = credentialsOf('new_token');
		await scene.sockets.last.fail('transport close');

		await scene.clock.advance(1000);

		expect(new Set(scene.tokens)).toEqual(new Set(['sk_agt_secret', 'new_token']));
	});

	it('that can no longer be read does not keep the other triggers from reconnecting', async () => {
		const scene = new Scene();
		const broken = scene.run({}, { place: 'a' });
		const good = scene.run({}, { place: 'b' });
		await scene.connect();
		broken.trigger.credentials = () => Promise.reject(new Error('the credential was deleted'));
		await scene.sockets.last.fail('transport close');
		await scene.clock.advance(1000);
		await scene.connect();

		await scene.hears('m');

		expect(scene.sockets.count).toBe(2);
		expect(good.trigger.started).toEqual(['m']);
	});

	it('that n8n does not give within 10 s does not keep the other triggers from reconnecting either', async () => {
		const scene = new Scene();
		const hanging = scene.run({}, { place: 'a' });
		const good = scene.run({}, { place: 'b' });
		await scene.connect();
		hanging.trigger.credentials = () => new Promise(() => undefined);
		await scene.sockets.last.fail('transport close');
		await scene.clock.advance(1000 + 9999);
		expect(scene.sockets.count).toBe(1);
		await scene.clock.advance(1);
		await scene.connect();

		await scene.hears('m');

		expect(scene.sockets.count).toBe(2);
		expect(good.trigger.started).toEqual(['m']);
	});

	it.each([
		['in its token', credentialsOf('new_token')],
		['in whether the certificate is checked', { ...credentialsOf(), ignoreSslIssues: true }],
	])(
		"%s takes all its triggers along as soon as one of them is published again, for they would mark each other's messages",
		async (_what, changed) => {
			const scene = new Scene();
			const first = scene.run({}, { place: 'a' });
			const other = scene.run({}, { place: 'b' });
			await scene.connect();
			other.trigger.currentCredentials = changed;
			await first.close();
			const again = new ScriptedTrigger();
			again.currentCredentials = changed;
			scene.registry.run('a', again, changed, scene.logger);
			await scene.clock.advance(1000);
			await scene.connect();
			await scene.hears('m');

			expect([again.started, other.trigger.started]).toEqual([['m'], ['m']]);
			expect(scene.sockets.count).toBe(2);
			expect(scene.logger.complaints.filter((line) => line.includes('mark each other'))).toEqual(
				[],
			);
		},
	);

	it('while a failed message waits for its next attempt leaves that attempt to the agent that has it unread', async () => {
		const scene = new Scene();
		const { trigger } = scene.run({ acknowledge: 'onSuccess', retryDelay: 5000 });
		await scene.connect();
		await scene.hears('of the old agent');
		await trigger.execution('of the old agent').end('failed');
		trigger.currentCredentials = credentialsOf('other_agent');
		await scene.sockets.last.fail('transport close');
		await scene.clock.advance(1000);
		scene.sockets.last.authOk({ user_id: 'u_other' });
		scene.sockets.last.handlers.connected();
		await scene.clock.advance(10_000);
		await scene.hears('of the new agent', 1);

		expect(trigger.started).toEqual(['of the old agent', 'of the new agent']);
		expect(scene.marked).toEqual([]);
	});

	it('that no trigger can read is read again until one can', async () => {
		const scene = new Scene();
		const { trigger } = scene.run();
		await scene.connect();
		const read = trigger.credentials.bind(trigger);
		trigger.credentials = () => Promise.reject(new Error('the database is locked'));
		await scene.sockets.last.fail('transport close');
		await scene.clock.advance(10_000);
		expect(scene.sockets.count).toBe(1);

		trigger.credentials = read;
		await scene.clock.advance(30_000);

		expect(scene.sockets.count).toBeGreaterThan(1);
	});
});

describe('what an action marks as read', () => {
	it("frees the trigger's message in manually, in the same process", async () => {
		const scene = new Scene();
		const { trigger } = scene.run({ acknowledge: 'manually' });
		await scene.connect();
		await scene.hears('m');
		const session = scene.registry.session(credentialsOf(), scene.logger);
		const marking = session.markRead(['m'], 1000);
		await settled();
		await scene.sockets.last.all('mark_read')[0]?.answer();
		await marking;

		await trigger.execution('m').end();
		await scene.clock.advance(10_000);

		expect(scene.marked).toEqual([['m']]);
	});
});

describe('the sends of an agent', () => {
	const say = (text: string, id: string) => composeText({ type: 'group', id }, text, 'text');

	it('go out one at a time again on a new connection, whatever the last one had shown', async () => {
		const scene = new Scene();
		scene.run();
		await scene.connect();
		const session = scene.registry.session(credentialsOf(), scene.logger);
		const first = session.send(say('0', 'gc_1'));
		await settled();
		await scene.sockets.last
			.all('send_message')[0]
			?.answer({ ok: true, message_id: 'm', created_at: 1 });
		await first;
		await scene.sockets.last.fail('transport close');
		await scene.clock.advance(1000);
		await scene.connect();

		void session.send(say('1', 'gc_1'));
		void session.send(say('2', 'gc_2'));
		await settled();

		expect(scene.sockets.last.all('send_message')).toHaveLength(1);
	});
});

describe('a failure reply that cannot be composed', () => {
	it('is told in the log, and the message is settled all the same', async () => {
		const scene = new Scene();
		const failureReply = Array.from(
			{ length: 101 },
			(_nothing, number) => `<at user_id="u_${number}">x</at>`,
		).join('');
		const { trigger } = scene.run({ failureReply });
		await scene.connect();
		await scene.hears('m');

		await trigger.execution('m').end('failed');
		await scene.clock.advance(3000);

		expect(scene.logger.complaints.join()).toContain('failure reply could not be sent');
		expect(scene.marked).toEqual([['m']]);
	});
});

describe('a host that fails', () => {
	const fails = () => {
		throw new Error('disk full');
	};
	const log = { debug: fails, info: fails, warn: fails, error: fails };

	it.each([
		["n8n's own logger", hostLogger(log, 'node "A"')],
		['the logger of a trigger of another version of the package', log],
	])('at every line of the log ends no connection and no lane (%s)', async (_whose, logger) => {
		const scene = new Scene();
		const trigger = new ScriptedTrigger({ acknowledge: 'onSuccess', retries: 0 });
		const running = scene.registry.run('a', trigger, trigger.currentCredentials, logger);
		await scene.connect();
		await scene.sockets.last.fail('transport close');
		await scene.clock.advance(1000);
		await scene.connect();
		await scene.hears('m');

		expect(scene.sockets.count).toBe(2);
		await trigger.execution('m').end('failed');
		trigger.refuse = 'throw';
		await scene.hears('not handed over', 1);
		trigger.refuse = undefined;
		await scene.clock.advance(5000);
		expect(trigger.started).toEqual(['m', 'not handed over']);
		void running.close();
		await expect(scene.clock.advance(60_000)).resolves.toBeUndefined();
	});

	it('when it is told of an outage keeps it from no other trigger, and the connection is tried again', async () => {
		const scene = new Scene();
		const failing = scene.run({}, { place: 'a' });
		failing.trigger.outage = fails;
		const other = scene.run({}, { place: 'b' });
		await settled();
		await scene.sockets.last.refuse();

		expect(other.trigger.outages).toMatchObject([{ code: 'TOKEN_REFUSED' }]);
		expect(scene.logger.complaints).toContainEqual(
			expect.stringContaining('An outage could not be told to n8n: disk full'),
		);
		await scene.clock.advance(20_000);
		await scene.connect();
		expect(scene.sockets.count).toBe(2);
	});

	it('when five minutes without a connection are told goes on connecting', async () => {
		const scene = new Scene();
		const { trigger } = scene.run();
		trigger.outage = fails;
		await settled();
		await scene.sockets.last.fail('connection refused');
		await scene.clock.advance(300_000);
		const { count } = scene.sockets;
		await scene.sockets.last.fail('connection refused');
		await scene.clock.advance(40_000);

		expect(scene.sockets.count).toBe(count + 1);
	});
});
