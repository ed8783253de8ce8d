import { type HistoryRange, readHistory } from '../../client/http/history';
import { AgentHarness } from '../support/agent-harness';

describe.each(['G1', 'G2', 'G3'] as const)('the history of a chat on %s', (generation) => {
	let h: AgentHarness;
	beforeEach(async () => {
		h = await AgentHarness.start({ generation });
	});
	afterEach(() => h.stop());

	const read = async (range: Partial<HistoryRange> = {}) => {
		const { http } = h.action().session;
		return readHistory((chat, request) => http.history(chat, request), h.group, {
			limit: Number.POSITIVE_INFINITY,
			...range,
		});
	};

	/** The next messages, all said at one moment of the server's clock. */
	async function sayAtOnce(count: number, what: string): Promise<void> {
		const moveOn = h.club.faults.stopClock();
		for (let number = 0; number < count; number += 1) await h.say(`${what} ${number}`);
		moveOn();
	}

	it('is complete and in order over pages whose every border lies within one timestamp', async () => {
		for (let moment = 0; moment < 8; moment += 1) await sayAtOnce(34, `at ${moment}`);
		const stored = await h.club.history(h.mia.id, h.group);

		const messages = await read();

		expect(messages.map(({ id }) => id)).toEqual(stored.map(({ id }) => id));
		expect(new Set(messages.map(({ createdAt }) => createdAt)).size).toBe(8);
	});

	it('keeps exactly to a time that a message told', async () => {
		const said = await h.sayAll(['one', 'two', 'three']);
		const { createdAt = 0 } = said[1] ?? {};

		expect((await read({ after: createdAt })).map(({ text }) => text)).toEqual(['three']);
		expect((await read({ before: createdAt })).map(({ text }) => text)).toEqual(['one']);
	});

	it('marks nothing as read', async () => {
		await h.sayAll(['one', 'two']);
		await read();

		expect(h.unread).toEqual(['one', 'two']);
	});

	it('is an error, and nothing is left out in silence, where one timestamp has more messages than a page', async () => {
		await sayAtOnce(120, 'at once');

		await expect(read()).rejects.toMatchObject({
			code: 'BAD_ANSWER',
			message: expect.stringContaining('have the same time') as string,
		});
		expect(await read({ limit: 100 })).toHaveLength(100);
	});
});
