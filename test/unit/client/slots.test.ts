import { Slots } from '../../../client/slots';
import { settled } from '../../support/fake-clock';

/** Asks for so many slots; keeps who has got one. */
const queue = (slots: Slots, count: number) => {
	const served: number[] = [];
	for (let turn = 0; turn < count; turn++) {
		void slots.take().then(() => served.push(turn));
	}
	return served;
};

describe('slots', () => {
	it('serve in the order of asking, as many at a time as there are', async () => {
		const slots = new Slots(2);
		const served = queue(slots, 4);
		await settled();
		expect(served).toEqual([0, 1]);

		slots.release();
		await settled();

		expect(served).toEqual([0, 1, 2]);
	});

	it('are not taken now by somebody who passes those that wait', async () => {
		const slots = new Slots(1);
		expect(slots.takeNow()).toBe(true);
		const served = queue(slots, 1);
		await settled();

		slots.resize(2);
		expect(slots.takeNow()).toBe(false);
		await settled();

		expect(served).toEqual([0]);
	});

	it('serve those who wait when the limit grows', async () => {
		const slots = new Slots(1);
		const served = queue(slots, 3);
		await settled();

		slots.resize(Number.POSITIVE_INFINITY);
		await settled();

		expect(served).toEqual([0, 1, 2]);
	});

	it('let what is under way end when the limit shrinks', async () => {
		const slots = new Slots(2);
		const served = queue(slots, 3);
		await settled();
		slots.resize(1);

		slots.release();
		await settled();
		expect(served).toEqual([0, 1]);
		slots.release();
		await settled();

		expect(served).toEqual([0, 1, 2]);
	});

	it('serve thousands in order', async () => {
		const slots = new Slots(1);
		const served: number[] = [];
		await Promise.all(
			Array.from({ length: 5000 }, async (_nothing, turn) => {
				await slots.take();
				served.push(turn);
				slots.release();
			}),
		);

		expect(served).toEqual(Array.from({ length: 5000 }, (_nothing, turn) => turn));
	});
});
