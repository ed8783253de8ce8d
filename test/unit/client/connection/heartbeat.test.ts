import { Heartbeat } from '../../../../client/connection/heartbeat';
import { FakeClock, settled } from '../../../support/fake-clock';

/** A heartbeat every 30 s whose answers the test gives. */
const beating = () => {
	const clock = new FakeClock();
	const answers: Array<() => void> = [];
	const silences: number[] = [];
	const heartbeat = new Heartbeat(clock, 30_000, {
		beat: (answered) => answers.push(answered),
		silent: () => silences.push(clock.now()),
	});
	heartbeat.start();
	const answer = async () => {
		answers.at(-1)?.();
		await settled();
	};
	return { clock, heartbeat, silences, answer, beats: () => answers.length };
};

describe('a heartbeat', () => {
	it('beats at once, and again after each interval, not 1 ms before', async () => {
		const { clock, beats, answer } = beating();
		expect(beats()).toBe(1);
		await answer();

		await clock.advance(29_999);
		expect(beats()).toBe(1);
		await clock.advance(1);
		expect(beats()).toBe(2);
	});

	it('calls the link silent when an answer stays out for a whole interval, not 1 ms before', async () => {
		const { clock, silences } = beating();

		await clock.advance(29_999);
		expect(silences).toEqual([]);
		await clock.advance(1);
		expect(silences).toEqual([30_000]);
	});

	it('notices within two intervals that a link which used to answer went silent', async () => {
		const { clock, silences, answer } = beating();
		await answer();

		await clock.advance(59_999);
		expect(silences).toEqual([]);
		await clock.advance(1);
		expect(silences).toEqual([60_000]);
	});

	it('goes on as long as the answers come, however late within the interval', async () => {
		const { clock, beats, silences, answer } = beating();
		for (let beat = 0; beat < 20; beat++) {
			await clock.advance(29_999);
			await answer();
			await clock.advance(1);
		}

		expect(silences).toEqual([]);
		expect(beats()).toBe(21);
	});

	it('gives the answer a second to be read when this process was too busy to look', async () => {
		const { clock, silences, answer, beats } = beating();
		clock.stall(45_000);
		await clock.advance(0);
		expect(silences).toEqual([]);
		await answer();

		await clock.advance(1000);

		expect(silences).toEqual([]);
		expect(beats()).toBe(2);
	});

	it('calls the link silent after that second if the answer was not there either', async () => {
		const { clock, silences } = beating();
		clock.stall(45_000);

		await clock.advance(999);
		expect(silences).toEqual([]);
		await clock.advance(1);
		expect(silences).toEqual([46_000]);
	});

	it('does nothing any more once it is stopped', async () => {
		const { clock, heartbeat, beats, silences } = beating();
		heartbeat.stop();

		await clock.advance(300_000);

		expect(beats()).toBe(1);
		expect(silences).toEqual([]);
		expect(clock.pending).toBe(0);
	});

	it('says once that the link is silent', async () => {
		const { clock, silences } = beating();

		await clock.advance(300_000);

		expect(silences).toHaveLength(1);
	});
});
