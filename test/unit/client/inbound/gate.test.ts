import { Gate } from '../../../../client/inbound/gate';
import { FakeClock } from '../../../support/fake-clock';

const gated = () => {
	const clock = new FakeClock();
	const gate = new Gate(clock);
	const passed: string[] = [];
	const pass = (name: string) => { gate.pass(() => passed.push(name)); };
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
		gate.prolong();
		gate.identified();
		pass('batch');

		await clock.advance(1500);
		gate.prolong();
		await clock.advance(1999);
		expect(passed).toEqual([]);
		await clock.advance(1);
		expect(passed).toEqual(['batch']);
	});

	it('waits no longer than 10 s, however many triggers join', async () => {
		const { clock, gate, passed, pass } = gated();
		gate.identified();
		gate.prolong();
		pass('batch');
		for (let second = 1; second < 10; second++) {
			await clock.advance(1000);
			gate.prolong();
		}
		await clock.advance(999);
		expect(passed).toEqual([]);

		await clock.advance(1);

		expect(passed).toEqual(['batch']);
	});

	it('still waits for the identity when the triggers have had their time', async () => {
		const { clock, gate, passed, pass } = gated();
		gate.prolong();
		pass('batch');

		await clock.advance(60_000);
		expect(passed).toEqual([]);
		gate.identified();

		expect(passed).toEqual(['batch']);
	});

	it('is forgotten on close, and no timer is left', async () => {
		const { clock, gate, passed, pass } = gated();
		gate.identified();
		gate.prolong();
		pass('batch');

		gate.close();
		await clock.advance(10_000);

		expect(passed).toEqual([]);
		expect(clock.pending).toBe(0);
	});
});
