import { sendMessage, type SendRequest } from '../../client/outbound/send';
import type { FileToSend } from '../../client/outbound/upload';
import { AgentHarness } from '../support/agent-harness';
import { until } from '../support/until';

const GENERATIONS = ['G1', 'G2', 'G3'] as const;

let h: AgentHarness;
afterEach(() => h.stop());

function file(fileName: string): FileToSend {
	return {
		fileName,
		size: 3,
		open: () =>
			Promise.resolve(
				(async function* () {
					yield await Promise.resolve(Buffer.from('abc'));
				})(),
			),
	};
}

function request(changes: Partial<SendRequest>): SendRequest {
	return {
		chat: h.group,
		text: '',
		format: 'text',
		mentionIds: [],
		files: [],
		uploaded: [],
		filesBefore: true,
		...changes,
	};
}

/** What became of it, as soon as it is known. */
function fateOf(sending: Promise<unknown>): { code?: string; message?: string } {
	const fate: { code?: string; message?: string } = {};
	sending.then(
		() => (fate.code = 'sent'),
		(error: unknown) =>
			Object.assign(fate, {
				code: (error as { code: string }).code,
				message: (error as Error).message,
			}),
	);
	return fate;
}

describe.each(GENERATIONS)('sends to %s over a link that breaks', (generation) => {
	beforeEach(async () => {
		h = await AgentHarness.start({ generation, linked: true });
	});

	it('keep the order of texts and files, whatever breaks in between, and leave nothing out', async () => {
		const { session } = h.action();
		await session.whenReady(10_000);
		const onServer = async (fileName: string) => {
			const { url } = await h.club.uploadAs(h.mia.id, fileName, Buffer.from('abc'));
			return { url, fileName, kind: 'file' as const, fileSize: 3 };
		};
		const sends: Promise<unknown>[] = [];
		for (const number of ['1', '2', '3']) {
			const uploaded = [await onServer(`a${number}.txt`), await onServer(`b${number}.txt`)];
			sends.push(
				sendMessage(
					session,
					request({ text: `text ${number}`, uploaded, filesBefore: number === '2' }),
				),
			);
		}
		const queued = Array.from({ length: 5 }, (_, index) => session.send(h.text(`line ${index}`)));
		for (const count of [1, 4, 7]) {
			await h.sentBecomes('send_message', count);
			h.link.break(count === 4 ? 'end' : 'reset');
		}
		await Promise.all([...sends, ...queued]);
		const stored = (await h.club.history(h.mia.id, h.group)).map(
			({ content, fileName }) => content || fileName,
		);
		const inOrder = (texts: string[]) => {
			expect(stored.filter((text) => texts.includes(text))).toEqual(texts);
		};
		inOrder(['text 1', 'a1.txt', 'b1.txt']);
		inOrder(['a2.txt', 'b2.txt', 'text 2']);
		inOrder(['text 3', 'a3.txt', 'b3.txt']);
		inOrder(['line 0', 'line 1', 'line 2', 'line 3', 'line 4']);
		expect(stored).toHaveLength(14);
	});

	it('into a direct chat younger than the connection are confirmed all the same, also where the answer is lost with the link', async () => {
		const { session } = h.action();
		await session.whenReady(10_000);
		const young = await h.club.openDirect(h.tom.id, h.agent.id);
		h.club.faults.dropAnswer('send_message');
		const sending = session.send(h.text('hello', young));
		await h.sentBecomes('send_message', 1);
		h.link.break();
		const { messageId, confirmedBy } = await sending;
		expect(confirmedBy).toBe('history');
		const again = await session.send(h.text('hello', young));
		expect((await h.club.history(h.tom.id, young)).map(({ id }) => id)).toEqual([
			messageId,
			again.messageId,
		]);
	});

	it('into a group that was left meanwhile are refused, and those that had arrived before are not', async () => {
		const { session } = h.action();
		await session.send(h.text('a member'));
		h.club.faults.delay('send_message', 50);
		const before = session.send(h.text('still a member'));
		const after = session.send(h.text('no member any more'));
		await h.sentBecomes('send_message', 2);
		await h.club.removeMember(h.group.id, h.agent.id);
		await expect(before).resolves.toMatchObject({ messageId: expect.any(String) as string });
		await expect(after).rejects.toMatchObject({ code: 'REFUSED', retriable: false });
		expect(await h.contents()).toEqual(['a member', 'still a member']);
	});

	it('into a group that was left before the lost answer could be looked up are never called refused: they stand there', async () => {
		const { session } = h.action();
		await session.whenReady(10_000);
		h.club.faults.dropAnswer('send_message');
		const fate = fateOf(session.send(h.text('still a member')));
		await h.sentBecomes('send_message', 1);
		await h.club.removeMember(h.group.id, h.agent.id);
		h.link.break();
		await until('an outcome', () => fate.code !== undefined);
		// Only the oldest servers show the history to whoever asks.
		expect(fate.code).toBe(generation === 'G1' ? 'sent' : 'OUTCOME_UNKNOWN');
		expect(await h.contents()).toEqual(['still a member']);
	});
});

describe('a send without a connection', () => {
	beforeEach(async () => {
		h = await AgentHarness.start({ linked: true });
	});

	/** The connection was there, and is gone for as long as the test wants. */
	async function goOffline() {
		const { session } = h.action();
		await session.whenReady(10_000);
		const end = h.link.refuse();
		h.link.break();
		await h.logged(/No connection to Agent Club/);
		return { session, end };
	}

	it('waits 60 s, and then says that there was none and that nothing was sent: not a moment earlier, and those behind it at the same time', async () => {
		const { session, end } = await goOffline();
		const fates = ['one', 'two', 'three'].map((text) => fateOf(session.send(h.text(text))));
		fates.push(fateOf(session.send(h.text('elsewhere', h.direct))));
		await h.clock.skip(55_000);
		expect(fates.map(({ code }) => code)).toEqual([undefined, undefined, undefined, undefined]);
		await h.clock.skip(5001);
		await until('the outcomes', () => fates.every(({ code }) => code !== undefined));
		expect(fates.map(({ code }) => code)).toEqual(['OFFLINE', 'OFFLINE', 'OFFLINE', 'OFFLINE']);
		expect(fates[0]?.message).toContain('no connection to Agent Club for 60 s');
		expect(fates[1]?.message).toContain('There is no connection to Agent Club');
		end();
		await h.connected(2);
		await h.settle();
		expect(h.sent('send_message')).toEqual([]);
	});

	it('goes out when the connection comes back in time, in order', async () => {
		const { session, end } = await goOffline();
		const sends = ['one', 'two', 'three'].map((text) => session.send(h.text(text)));
		await h.clock.skip(30_000);
		end();
		await Promise.all(sends);
		expect(await h.contents()).toEqual(['one', 'two', 'three']);
	});

	it('ends at once when it is cancelled, at the head of the chat or behind others, and is never sent; the others are', async () => {
		const { session, end } = await goOffline();
		const cut = new AbortController();
		const kept = session.send(h.text('kept'));
		const behind = fateOf(session.send(h.text('behind'), cut.signal));
		const head = fateOf(session.send(h.text('head', h.direct), cut.signal));
		await h.settle(1000);
		cut.abort();
		await until(
			'the cancelled ones to end',
			() => behind.code !== undefined && head.code !== undefined,
		);
		expect([behind.code, head.code]).toEqual(['CANCELLED', 'CANCELLED']);
		end();
		await kept;
		await h.settle();
		expect(h.sent('send_message').map(({ content }) => content)).toEqual(['kept']);
	});

	it('of several parts says what was sent when it is cancelled or goes offline between them', async () => {
		const { session } = h.action();
		await session.whenReady(10_000);
		const cut = new AbortController();
		h.club.faults.delay('send_message', 50);
		const fate = fateOf(
			sendMessage(
				session,
				request({ text: 'text', files: [file('a.txt'), file('b.txt')], signal: cut.signal }),
			),
		);
		await h.sentBecomes('send_message', 1);
		cut.abort();
		await until('an outcome', () => fate.code !== undefined);
		expect(fate.code).toBe('CANCELLED');
		expect(fate.message).toContain('the file "a.txt"');
		await h.settle();
		expect(h.sent('send_message')).toHaveLength(1);
	});
});

describe.each(['G1', 'G3'] as const)('cancelling a send to %s', (generation) => {
	beforeEach(async () => {
		h = await AgentHarness.start({ generation, linked: true });
	});

	it.each(['group', 'direct'] as const)(
		'while it waits for its turn (behind one into the group; this one into the %s chat) ends it at once',
		async (kind) => {
			const { session } = h.action();
			await session.whenReady(10_000);
			const release = h.link.silence('toClient');
			const first = session.send(h.text('first'));
			await h.sentBecomes('send_message', 1);
			const cut = new AbortController();
			const waiting = fateOf(session.send(h.text('never', h[kind]), cut.signal));
			const last = session.send(h.text('last', h[kind]));
			await h.settle(100);
			expect(waiting).toEqual({});
			cut.abort();
			await until('the cancelled one to end', () => waiting.code !== undefined);
			expect(waiting.code).toBe('CANCELLED');
			expect(h.sent('send_message')).toHaveLength(1);
			release();
			await Promise.all([first, last]);
			expect(h.sent('send_message').map(({ content }) => content)).toEqual(['first', 'last']);
		},
	);

	it('that has left still tells what became of it', async () => {
		const { session } = h.action();
		await session.whenReady(10_000);
		const release = h.link.silence('toClient');
		const cut = new AbortController();
		const sending = session.send(h.text('on its way'), cut.signal);
		await h.sentBecomes('send_message', 1);
		cut.abort();
		release();
		expect(await sending).toMatchObject({ confirmedBy: generation === 'G3' ? 'answer' : 'echo' });
	});

	it('breaks its upload off, and says nothing in the chat', async () => {
		const { session } = h.action();
		await session.whenReady(10_000);
		h.club.faults.failHttp({ path: /upload/, mode: 'hang' });
		const cut = new AbortController();
		const fate = fateOf(
			sendMessage(session, request({ text: 'text', files: [file('a.txt')], signal: cut.signal })),
		);
		await h.club.waitFor(
			() => h.club.requests.some(({ path }) => path.includes('upload')),
			'the upload',
		);
		cut.abort();
		await until('an outcome', () => fate.code !== undefined);
		expect(fate.code).toBe('CANCELLED');
		await h.settle();
		expect(await h.contents()).toEqual([]);
	});
});
