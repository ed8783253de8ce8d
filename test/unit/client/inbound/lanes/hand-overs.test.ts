import { type Handover, Handovers } from '../../../../../client/inbound/lanes/hand-overs';
import { FakeClock } from '../../../../support/fake-clock';

describe('what was handed over to n8n', () => {
	const clock = new FakeClock();
	const handovers = new Handovers(clock);
	const told: string[] = [];

	function handOver(name: string, margin = 0): Handover {
		return handovers.begin(margin, () => told.push(name));
	}

	beforeEach(async () => {
		await clock.advance(60_000);
		told.length = 0;
	});

	it('counts as dealt with after 2 s, not earlier', async () => {
		handOver('a');
		await clock.advance(1999);
		expect(told).toEqual([]);
		await clock.advance(1);
		expect(told).toEqual(['a']);
	});

	it('counts as dealt with when its execution has ended, and only once', async () => {
		handOver('a').ended();
		expect(told).toEqual(['a']);
		await clock.advance(60_000);
		expect(told).toEqual(['a']);
	});

	it('does not count as dealt with where n8n has refused it in time', async () => {
		const handover = handOver('a');
		await clock.advance(1999);
		handover.refused();
		await clock.advance(60_000);
		expect(told).toEqual([]);
	});

	it('waits longer behind a burst, for n8n works it off one after another', async () => {
		for (let number = 0; number < 24; number++) handOver('burst');
		handOver('last');
		await clock.advance(7999);
		expect(told).not.toContain('last');
		await clock.advance(1);
		expect(told).toContain('last');
	});

	it('does not wait for what has ended already', async () => {
		for (let number = 0; number < 24; number++) handOver('burst').ended();
		handOver('last');
		await clock.advance(2000);
		expect(told).toContain('last');
	});

	it('waits 10 s at most', async () => {
		for (let number = 0; number < 1000; number++) handOver('burst');
		handOver('last');
		await clock.advance(9999);
		expect(told).not.toContain('last');
		await clock.advance(1);
		expect(told).toContain('last');
	});

	it('waits for a margin on top where n8n may not have written it for so long', async () => {
		handOver('a', 13_000);
		await clock.advance(14_999);
		expect(told).toEqual([]);
		await clock.advance(1);
		expect(told).toEqual(['a']);
	});

	it('does not wait for the margin once the trigger closes', async () => {
		handOver('early', 13_000);
		await clock.advance(1500);
		handOver('late', 13_000);
		let closed = false;
		void handovers.decided().then(() => (closed = true));
		await clock.advance(499);
		expect(told).toEqual([]);
		await clock.advance(1);
		expect(told).toEqual(['early']);
		await clock.advance(1499);
		expect([told, closed]).toEqual([['early'], false]);
		await clock.advance(1);
		expect([told, closed]).toEqual([['early', 'late'], true]);
	});

	it('counts at once when the trigger closes in the margin', async () => {
		handOver('a', 13_000);
		await clock.advance(5000);
		const closed = handovers.decided();
		await clock.advance(0);
		await closed;
		expect(told).toEqual(['a']);
	});
});
