import { Gate } from '../../../../../client/inbound/intake/gate';
import { FakeClock, settled } from '../../../../support/fake-clock';

const gated = () => {
	const clock = new FakeClock();
	const gate = new Gate(clock);
	const passed: string[] = [];
	const pass = (name: string) => {
		gate.pass(() => passed.push(name));
	};
	return { clock, gate, passed, pass };
};

describe('invariant 5: identity first', () => {
	it('lets nothing through before it is known who we are, and then everything in its order', () => {
		const { gate, passed, pass } = gated();
		pass('batch');
		pass('live');
		expect(passed).toEqual([]);

		gate.identified();
		pass('later');

		expect(passed).toEqual(['batch', 'live', 'later']);
	});

	it('holds again for each new connection, and forgets what the old one left unjudged', () => {
		const { gate, passed, pass } = gated();
		gate.identified();
		gate.shut();
		pass('of the connection that broke');
		gate.shut();
		pass('of the new one');

		gate.identified();

		expect(passed).toEqual(['of the new one']);
	});
});

describe('the first batch', () => {
	it('waits until no trigger has joined for 2 s', async () => {
		const { clock, gate, passed, pass } = gated();
		gate.holdForOthers();
		gate.identified();
		pass('batch');

		await clock.advance(1500);
		gate.holdForOthers();
		await clock.advance(1999);
		expect(passed).toEqual([]);
		await clock.advance(1);
		expect(passed).toEqual(['batch']);
	});

	it('waits no longer than 10 s, however many triggers join', async () => {
		const { clock, gate, passed, pass } = gated();
		gate.identified();
		gate.holdForOthers();
		pass('batch');
		for (let second = 1; second < 10; second++) {
			await clock.advance(1000);
			gate.holdForOthers();
		}
		await clock.advance(999);
		expect(passed).toEqual([]);

		await clock.advance(1);

		expect(passed).toEqual(['batch']);
	});

	it('still waits for the identity when the triggers have had their time', async () => {
		const { clock, gate, passed, pass } = gated();
		gate.holdForOthers();
		pass('batch');

		await clock.advance(60_000);
		expect(passed).toEqual([]);
		gate.identified();

		expect(passed).toEqual(['batch']);
	});

	it('is forgotten on close, and no timer is left', async () => {
		const { clock, gate, passed, pass } = gated();
		gate.identified();
		gate.holdForOthers();
		pass('batch');

		gate.close();
		await clock.advance(10_000);

		expect(passed).toEqual([]);
		expect(clock.pending).toBe(0);
	});
});

describe('a long list', () => {
	const LIST = Array.from({ length: 1000 }, (_, number) => number);

	/**
	 * Notes how many items have gone through when what the first of them has set going has its turn.
	 */
	const going = ({ gate }: ReturnType<typeof gated>) => {
		const done: number[] = [];
		const seen: number[] = [];
		gate.passAll(LIST, (item) => {
			done.push(item);
			if (item === 0) void Promise.resolve().then(() => seen.push(done.length));
		});
		return { done, seen };
	};

	it('goes through in its order and in slices: what one sets going does not wait for all', async () => {
		const scene = gated();
		scene.gate.identified();

		const { done, seen } = going(scene);
		await settled();

		expect(done).toEqual(LIST);
		expect(seen[0]).toBeLessThan(LIST.length);
	});

	it('is gone through before anything that is passed meanwhile', async () => {
		const scene = gated();
		const { done } = going(scene);
		scene.pass('behind it');
		scene.gate.identified();
		scene.pass('later');
		expect(scene.passed).toEqual([]);
		expect(done.length).toBeLessThan(LIST.length);

		await settled();

		expect(done).toEqual(LIST);
		expect(scene.passed).toEqual(['behind it', 'later']);
		scene.pass('at once again');
		expect(scene.passed).toHaveLength(3);
	});

	it('holds nothing up where it is short', () => {
		const { gate, passed, pass } = gated();
		gate.identified();
		gate.passAll(['a', 'b'], (name) => passed.push(name));
		pass('c');

		expect(passed).toEqual(['a', 'b', 'c']);
	});

	it('ends where the connection breaks, also when the next one is there at once', async () => {
		const scene = gated();
		scene.gate.identified();
		const { done } = going(scene);
		const before = done.length;
		scene.pass('of the connection that broke');

		scene.gate.shut();
		scene.gate.identified();
		scene.pass('of the new one');
		await settled();

		expect(done).toHaveLength(before);
		expect(scene.passed).toEqual(['of the new one']);
	});
});
