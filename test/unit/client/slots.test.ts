import { Slots } from '../../../client/slots';
import { settled } from '../../support/fake-clock';

/** Asks for so many slots; keeps who has got one, and how to give it back. */
const queue = (slots: Slots, count: number) => {
	const served: number[] = [];
	const releases: Array<() => void> = [];
	for (let turn = 0; turn < count; turn++) {
		void slots.take().then((release) => {
			served.push(turn);
			releases[turn] = release;
		});
	}
	return { served, release: (turn: number) => releases[turn]?.() };
};

describe('slots', () => {
	it('serve in the order of asking, as many at a time as there are', async () => {
		const { served, release } = queue(new Slots(2), 4);
		await settled();
		expect(served).toEqual([0, 1]);

		release(1);
		await settled();

		expect(served).toEqual([0, 1, 2]);
	});

	it('are given back once, however often one says so', async () => {
		const { served, release } = queue(new Slots(1), 3);
		await settled();

		release(0);
		release(0);
		await settled();

		expect(served).toEqual([0, 1]);
	});

	it('serve those who wait when the limit grows', async () => {
		const slots = new Slots(1);
		const { served } = queue(slots, 3);
		await settled();

		slots.resize(Number.POSITIVE_INFINITY);
		await settled();

		expect(served).toEqual([0, 1, 2]);
	});

	it('let what is under way end when the limit shrinks', async () => {
		const slots = new Slots(2);
		const { served, release } = queue(slots, 3);
		await settled();
		slots.resize(1);

		release(0);
		await settled();
		expect(served).toEqual([0, 1]);
		release(1);
		await settled();

		expect(served).toEqual([0, 1, 2]);
	});

	it('serve thousands in order', async () => {
		const slots = new Slots(1);
		const served: number[] = [];
		await Promise.all(
			Array.from({ length: 5000 }, async (_nothing, turn) => {
				const release = await slots.take();
				served.push(turn);
				release();
			}),
		);

		expect(served).toEqual(Array.from({ length: 5000 }, (_nothing, turn) => turn));
	});
});
