import { Cached } from '../../../../../client/inbound/item/cached';
import { FakeClock, settled } from '../../../../support/fake-clock';

/** A value that is fetched; each fetch ends when the test says so. */
const cached = () => {
	const clock = new FakeClock();
	const fetches: Array<{ give: (value: string) => Promise<void>; fail: () => Promise<void> }> = [];
	const failures: unknown[] = [];
	const cache = new Cached<string>(
		clock,
		() =>
			new Promise((resolve, reject) => {
				fetches.push({
					give: (value) => {
						resolve(value);
						return settled();
					},
					fail: () => {
						reject(new Error('503'));
						return settled();
					},
				});
			}),
		(error) => failures.push(error),
	);
	/** Asks; `seen` has the answer, and when it came. */
	const ask = (maxAge = 300_000, deadline = 5000) => {
		const seen: { value?: string | undefined; at?: number } = {};
		void cache
			.get(maxAge, deadline)
			.then((value) => Object.assign(seen, { value, at: clock.now() }));
		return seen;
	};
	return { clock, cache, fetches, failures, ask };
};

describe('a value that is kept', () => {
	it('is fetched once for all who ask at the same time', async () => {
		const { fetches, ask } = cached();
		const answers = [ask(), ask(), ask()];
		await fetches[0]?.give('members');

		expect(fetches).toHaveLength(1);
		expect(answers.map(({ value }) => value)).toEqual(['members', 'members', 'members']);
	});

	it('is fetched again where a change was told of while it was on its way', async () => {
		const { cache, fetches, ask } = cached();
		ask();
		cache.invalidate();
		await fetches[0]?.give('old name');

		const after = ask();
		await fetches[1]?.give('new name');

		expect(after.value).toBe('new name');
	});

	it('serves until it is too old for who asks, and is then fetched again', async () => {
		const { clock, fetches, ask } = cached();
		ask();
		await fetches[0]?.give('old');
		await clock.advance(299_999);
		expect(await settledAnswer(ask())).toBe('old');
		expect(fetches).toHaveLength(1);

		await clock.advance(1);
		const answer = ask();
		await fetches[1]?.give('new');

		expect(answer.value).toBe('new');
	});

	it('serves old while fetching it fails, and says so', async () => {
		const { clock, fetches, failures, ask } = cached();
		ask();
		await fetches[0]?.give('old');
		await clock.advance(300_000);
		const answer = ask();
		await fetches[1]?.fail();

		expect(answer.value).toBe('old');
		expect(failures).toHaveLength(1);
	});

	it('is not waited for longer than the deadline, not 1 ms less', async () => {
		const { clock, ask } = cached();
		const answer = ask(300_000, 5000);

		await clock.advance(4999);
		expect(answer).toEqual({});
		await clock.advance(1);

		expect(answer).toEqual({ value: undefined, at: 5000 });
	});

	it('serves others as soon as it comes, however late', async () => {
		const { clock, fetches, ask } = cached();
		ask();
		await clock.advance(7000);
		await fetches[0]?.give('late');

		expect(await settledAnswer(ask())).toBe('late');
		expect(fetches).toHaveLength(1);
	});

	it('is not asked for again within 5 s of a failure', async () => {
		const { clock, fetches, ask } = cached();
		ask();
		await fetches[0]?.fail();
		await clock.advance(4999);
		expect(await settledAnswer(ask())).toBeUndefined();
		expect(fetches).toHaveLength(1);

		await clock.advance(1);
		ask();

		expect(fetches).toHaveLength(2);
	});

	it('costs one deadline where the server hangs, not one for each message', async () => {
		const { clock, ask } = cached();
		ask();
		await clock.advance(5000);
		const next = ask();

		await clock.advance(0);

		expect(next).toEqual({ value: undefined, at: 5000 });
	});

	it('is outdated at once when somebody says so', async () => {
		const { fetches, cache, ask } = cached();
		ask();
		await fetches[0]?.give('old');
		cache.invalidate();

		const answer = ask();
		await fetches[1]?.give('new');

		expect(answer.value).toBe('new');
	});
});

async function settledAnswer(answer: { value?: string | undefined }): Promise<string | undefined> {
	await settled();
	return answer.value;
}
