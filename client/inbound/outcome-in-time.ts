import type { Clock } from '../clock';
import type { Outcome } from './settle';

/** An execution's outcome, or `overdue` after `ms`. A rejection says later what a throw says at once: no execution could be created. */
export function outcomeInTime(clock: Clock, ended: Promise<Outcome>, ms: number): Promise<Outcome> {
	return new Promise((resolve) => {
		const timer = clock.after(ms, () => { resolve('overdue'); });
		const settled = (outcome: Outcome) => {
			timer.cancel();
			resolve(outcome);
		};
		ended.then(settled, () => { settled('notCreated'); });
	});
}
