import fc from 'fast-check';
import type { HistoryRequest, HistorySource } from '../../../../client/http/agent-http';
import { readHistory, type HistoryRange } from '../../../../client/http/history';
import type { Message } from '../../../../client/protocol/message';
import { GROUP, message, saidAt, START } from '../../../support/sample-messages';

/** So many messages said at each of these times (seconds after the start). */
const said = (...times: ReadonlyArray<readonly [seconds: number, count: number]>): Message[] =>
	times.flatMap(([seconds, count]) =>
		Array.from({ length: count }, (_nothing, number) =>
			message(`${seconds}/${number}`, saidAt(seconds)),
		),
	);

const oneASecond = (count: number): Message[] =>
	said(...Array.from({ length: count }, (_nothing, index) => [index, 1] as const));

/**
 * The server's history as `test/contract/http.test.ts` shows it: strictly before, the newest ones,
 * oldest first. `rotate` changes the order of messages with one timestamp from page to page,
 * because a database promises none.
 */
const server = (
	stored: readonly Message[],
	{ rotate = false, unreadable = new Set<string>() } = {},
) => {
	const requests: HistoryRequest[] = [];
	const source: HistorySource = (_chat, request) => {
		requests.push(request);
		const { before = Number.POSITIVE_INFINITY, limit = 50 } = request;
		const turned = rotate && requests.length % 2 === 0 ? [...stored].reverse() : stored;
		const rows = turned
			.filter(({ createdAt }) => createdAt < before)
			.sort((a, b) => a.createdAt - b.createdAt)
			.slice(-limit);
		const messages = rows.filter(({ id }) => !unreadable.has(id));
		return Promise.resolve({
			messages,
			size: rows.length,
			oldest: rows[0]?.createdAt,
			newest: rows.at(-1)?.createdAt,
			serverTime: null,
		});
	};
	return {
		requests,
		read: (range: Partial<HistoryRange> = {}) =>
			readHistory(source, GROUP, { limit: Number.POSITIVE_INFINITY, ...range }),
	};
};

const ids = (messages: readonly Message[]) => messages.map(({ id }) => id);

describe('the history of a chat', () => {
	it('is read to its beginning, in order, whatever its length', async () => {
		const stored = oneASecond(1234);

		expect(ids(await server(stored).read())).toEqual(ids(stored));
		expect(await server([]).read()).toEqual([]);
	});

	it.each([[100], [101], [200], [199]])('ends where its %d messages end', async (count) => {
		const stored = oneASecond(count);

		expect(ids(await server(stored).read())).toEqual(ids(stored));
	});

	it.each([[false], [true]])(
		'skips and repeats nothing where equal timestamps lie across every border of pages (order turned: %p)',
		async (rotate) => {
			const stored = said(...Array.from({ length: 40 }, (_nothing, index) => [index, 33] as const));

			const read = await server(stored, { rotate }).read();

			expect(new Set(ids(read))).toEqual(new Set(ids(stored)));
			expect(read).toHaveLength(stored.length);
			expect(read.map(({ createdAt }) => createdAt)).toEqual(
				stored.map(({ createdAt }) => createdAt),
			);
		},
	);

	it('is read completely however the messages lie in time, as long as a page holds more than one moment', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 99 }))),
				fc.boolean(),
				async (times, rotate) => {
					const stored = said(...new Map(times));
					const read = await server(stored, { rotate }).read();
					expect(ids(read).sort()).toEqual(ids(stored).sort());
				},
			),
			{ numRuns: 50 },
		);
	});

	it('takes the newest messages where a limit is given, and asks no further', async () => {
		const stored = oneASecond(500);
		const { read, requests } = server(stored);

		expect(ids(await read({ limit: 130 }))).toEqual(ids(stored.slice(-130)));
		expect(requests).toHaveLength(2);
	});

	it('keeps to the times, both left out themselves', async () => {
		const stored = oneASecond(500);
		const { read, requests } = server(stored);

		expect(ids(await read({ after: START + 99, before: START + 350 }))).toEqual(
			ids(stored.slice(100, 350)),
		);
		expect(requests[0]?.before).toBe(START + 350);
		expect(requests).toHaveLength(3);
		expect(await server(stored).read({ before: 0 })).toEqual([]);
	});

	it('goes on behind rows that cannot be read', async () => {
		const stored = oneASecond(250);
		const unreadable = new Set(ids(stored.slice(100, 220)));

		expect(ids(await server(stored, { unreadable }).read())).toEqual([
			...ids(stored.slice(0, 100)),
			...ids(stored.slice(220)),
		]);
	});

	it('goes on behind rows that cannot be read where it looks for a number of messages', async () => {
		const stored = oneASecond(250);
		const unreadable = new Set(ids(stored.slice(140)));

		expect(ids(await server(stored, { unreadable }).read({ limit: 30 }))).toEqual(
			ids(stored.slice(110, 140)),
		);
	});

	it('is an error that names the time where a full page has one timestamp, for there may be more of it', async () => {
		const dense = said([1, 5], [2, 100], [3, 5]);

		await expect(server(dense).read()).rejects.toMatchObject({
			code: 'BAD_ANSWER',
			message: expect.stringContaining(`${START + 2} (2023-11-14T22:13:22.000Z)`) as string,
			remedy: expect.stringContaining('After') as string,
		});
	});

	it('can be read on both sides of such a time, as that error says', async () => {
		const { read } = server(said([1, 5], [2, 300], [3, 5]));

		expect(ids(await read({ after: START + 2 }))).toEqual(ids(said([3, 5])));
		expect(ids(await read({ before: START + 2 }))).toEqual(ids(said([1, 5])));
		expect(await read({ limit: 40 })).toHaveLength(40);
	});

	it('is an error, and no endless loop, with a server that does not go back', async () => {
		const page = oneASecond(100);
		const stuck: HistorySource = () =>
			Promise.resolve({
				messages: page,
				size: 100,
				oldest: START,
				newest: START + 99,
				serverTime: null,
			});

		await expect(readHistory(stuck, GROUP, { limit: 1000 })).rejects.toMatchObject({
			code: 'BAD_ANSWER',
			message: expect.stringContaining('when asked for those before') as string,
		});
	});

	it('is an error where not one row of a full page can be read', async () => {
		const blank: HistorySource = () =>
			Promise.resolve({
				messages: [],
				size: 100,
				oldest: undefined,
				newest: undefined,
				serverTime: null,
			});

		await expect(readHistory(blank, GROUP, { limit: 10 })).rejects.toMatchObject({
			code: 'BAD_ANSWER',
		});
	});
});
