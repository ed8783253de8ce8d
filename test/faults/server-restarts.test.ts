import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { sendMessage } from '../../client/outbound/send';
import { AgentHarness } from '../support/agent-harness';
import { settled } from '../support/fake-clock';

const GENERATIONS = ['G1', 'G3'] as const;

/**
 * How the server goes away: for a moment, or long enough for the client to find its port closed.
 */
const WAYS = {
	restarts: () => h.club.restart(),
	'is killed, and comes back much later': async () => {
		h.club.faults.kill();
		await h.club.stop();
		await h.logged(/No connection to Agent Club/);
		await h.clock.skip(20_000);
		await h.club.restart();
	},
};
const EACH = GENERATIONS.flatMap((generation) =>
	(Object.keys(WAYS) as (keyof typeof WAYS)[]).map((way) => [generation, way] as const),
);

let h: AgentHarness;
afterEach(() => h.stop());

describe.each(EACH)('while a server of %s %s', (generation, way) => {
	const strike = () => WAYS[way]();

	beforeEach(async () => {
		h = await AgentHarness.start({ generation });
	});

	it('before it handles a send, the send is made again, once', async () => {
		const { session } = h.action();
		await session.whenReady(10_000);
		h.club.faults.dropBefore('send_message');
		const sending = session.send(h.text('once'));
		await h.sentBecomes('send_message', 1);
		await strike();
		const { messageId } = await sending;
		expect(
			(await h.club.history(h.mia.id, h.group)).map(({ id, content }) => [id, content]),
		).toEqual([[messageId, 'once']]);
	});

	it('after it has handled a send, the send is found, and not made again', async () => {
		const { session } = h.action();
		await session.whenReady(10_000);
		h.club.faults.dropAnswer('send_message');
		const sending = session.send(h.text('once'));
		await h.sentBecomes('send_message', 1);
		await strike();
		expect(await sending).toMatchObject({ confirmedBy: 'history' });
		expect(await h.contents()).toEqual(['once']);
		expect(h.sent('send_message')).toHaveLength(1);
	});

	it.each([
		['before it handles a mark', 'dropBefore'],
		['after it has handled a mark', 'dropAnswer'],
	] as const)(
		'%s, the message is marked in the end, and does not run again',
		async (_when, fault) => {
			h.club.faults[fault]('mark_read');
			const trigger = h.run();
			await h.sayAll(['one', 'two']);
			await trigger.started(2);
			await h.sentBecomes('mark_read', 1);
			await strike();
			await h.say('three');
			await trigger.started(3);
			await h.unreadBecomes();
			await h.settle();
			expect(trigger.texts).toEqual(['one', 'two', 'three']);
		},
	);

	it('under an execution, it runs once, and is marked when it has ended', async () => {
		const trigger = h.run({ ends: 'byHand' });
		await h.sayAll(['one', 'two']);
		const execution = await trigger.execution(1);
		await strike();
		await h.connected(2);
		await h.settle();
		expect(h.unread).toEqual(['one', 'two']);
		trigger.ends = 'success';
		execution.end();
		await trigger.started(2);
		await h.unreadBecomes();
		expect(trigger.texts).toEqual(['one', 'two']);
	});

	it('under its first batch, nothing of the batch is lost or runs twice', async () => {
		await h.sayAll(['one', 'two', 'three']);
		let struck: Promise<void> | undefined;
		const end = h.club.faults.mangle(h.agent.id, (event, args) => {
			if (event === 'offline_messages') struck ??= settled().then(strike);
			return args;
		});
		const trigger = h.run();
		await trigger.started(3);
		await h.club.waitFor(() => struck !== undefined, 'the batch');
		await struck;
		end();
		await h.unreadBecomes();
		await h.settle();
		expect(trigger.texts).toEqual(['one', 'two', 'three']);
	});

	it('under an upload, the upload is begun again when it is back, and everything is said once', async () => {
		const { session } = h.action();
		await session.whenReady(10_000);
		let goOn = (): void => undefined;
		const waiting = new Promise<void>((resolve) => (goOn = resolve));
		async function* content() {
			yield Buffer.alloc(100_000);
			await waiting;
			yield Buffer.alloc(100_000);
		}
		const files = [{ fileName: 'a.zip', size: 200_000, open: () => Promise.resolve(content()) }];
		const sending = sendMessage(session, {
			chat: h.group,
			text: 'with a file',
			format: 'text',
			mentionIds: [],
			files,
			uploaded: [],
			filesBefore: true,
		});
		await h.club.waitFor(
			() => h.club.requests.some(({ path }) => path.includes('upload')),
			'the upload',
		);
		await strike();
		goOn();
		await sending;
		expect(await h.contents()).toEqual(['', 'with a file']);
		await session.send(h.text('goes on'));
		expect(await h.contents()).toEqual(['', 'with a file', 'goes on']);
	});

	it('under the download of an attachment, the message runs once, and says what became of the file', async () => {
		h.club.faults.failHttp({ path: /^\/media\//, mode: 'slow' });
		const trigger = h.run({ fetches: {} });
		await h.club.say(h.mia.id, h.group, {
			content: '',
			contentType: 'file',
			fileUrl: '/media/uploads/x.pdf',
			fileName: 'x.pdf',
		});
		await h.say('behind it');
		await h.club.waitFor(
			() => h.club.requests.some(({ path }) => path.includes('/media/')),
			'the request for the file',
		);
		await strike();
		const [first, second] = [await trigger.execution(1), await trigger.execution(2)];
		expect(first.prepared?.attachments[0]).toMatchObject({
			stored: undefined,
			problem: expect.stringMatching(
				/cannot be reached|closes the connection without an answer/,
			) as string,
		});
		expect(second.text).toBe('behind it');
		await h.unreadBecomes();
		await h.settle();
		expect(trigger.executions).toHaveLength(2);
	});
});

describe('a download by an action', () => {
	const LIMITS = { maxBytes: 10_000_000, idleTimeout: 30_000 };

	beforeEach(async () => {
		h = await AgentHarness.start({ linked: true });
	});

	it('that the server breaks off is an error in words, and the next one is sound', async () => {
		const content = randomBytes(2_000_000);
		const { url } = await h.club.uploadAs(h.mia.id, 'large.zip', content);
		const { session } = h.action();
		await session.whenReady(10_000);
		h.link.cutAfter('toClient', h.link.carried.toClient.bytes + 500_000);
		const broken = session
			.download(url, 'large.zip', LIMITS)
			.then(({ content: arriving }) => buffer(arriving));
		await expect(broken).rejects.toMatchObject({
			name: 'AgentClubError',
			code: 'UNREACHABLE',
			retriable: true,
		});
		const { content: whole } = await session.download(url, 'large.zip', LIMITS);
		expect((await buffer(whole)).equals(content)).toBe(true);
	});
});

describe('a server whose handshakes hang', () => {
	it('for hours is asked again and again, at a slowing pace, and all is well as soon as it answers', async () => {
		h = await AgentHarness.start({
			policy: { handshake: 15_000, handshakeCap: 300_000, retryFirst: 1000, retryCap: 2000 },
		});
		await h.sayAll(['one', 'two']);
		const end = h.club.faults.hangHandshake();
		const trigger = h.run();
		for (const [index, seconds] of [15, 30, 60, 120, 240, 300, 300, 300].entries()) {
			await h.club.waitFor(
				() => h.club.faults.hungHandshakes > index,
				`handshake number ${index + 1}`,
			);
			await h.clock.skip(seconds * 1000 - 6000);
			expect(h.club.faults.hungHandshakes).toBe(index + 1);
			// The rest of its deadline, and the longest pause behind it.
			await h.clock.skip(9000);
		}
		expect(trigger.texts).toEqual([]);
		expect(trigger.outages).toHaveLength(1);
		expect(h.log.filter((line) => line.includes('does not complete them'))).toHaveLength(1);
		await h.club.waitFor(() => h.club.faults.hungHandshakes === 9, 'the last handshake');
		end();
		await h.clock.skip(303_000);
		expect(await trigger.started(2)).toEqual(['one', 'two']);
		await h.unreadBecomes();
	});

	it('in turns with refusals, resets and restarts is not given up either', async () => {
		h = await AgentHarness.start({
			linked: true,
			policy: { handshake: 15_000, refusedFirst: 15_000, refusedCap: 15_000 },
		});
		await h.say('patience');
		const endHang = h.club.faults.hangHandshake();
		const trigger = h.run();
		await h.club.waitFor(() => h.club.faults.hungHandshakes === 1, 'the handshake that hangs');
		endHang();
		const endRefusal = h.club.faults.refuseTokens();
		await h.clock.skip(15_000);
		await h.logged(/does not complete them/);
		await h.logged(/refuses the agent token/);
		const endReset = h.link.refuse();
		endRefusal();
		await h.clock.skip(20_000);
		await h.logged(/No connection to Agent Club/);
		await h.club.restart();
		endReset();
		expect(await trigger.started(1)).toEqual(['patience']);
		await h.unreadBecomes();
		expect(h.club.socketCount(h.agent.id)).toBe(1);
	});
});
