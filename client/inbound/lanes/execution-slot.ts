import { type Clock, withDeadline } from '../../clock';
import type { Slots } from '../../slots';

/**
 * ms after which an execution counts as over if n8n never tells its end. It then leaves its slot,
 * because the triggers would stand still for ever where n8n has only one.
 */
export const LONGEST_EXECUTION = 24 * 3_600_000;

/**
 * One of the executions that n8n runs at the same time. What is handed over beyond those waits
 * inside n8n. After a restart n8n runs it, and the server delivers it again as well
 * (`test/e2e/concurrency-limit.test.ts`).
 */
export class ExecutionSlot {
	private isKept = false;

	/** @param slots all that n8n has; one of them has been taken */
	constructor(private readonly slots: Slots) {}

	/** The execution is at n8n, also when its chat no longer waits for it. */
	keepUntil(ended: Promise<unknown>, clock: Clock): void {
		if (!this.slots.isLimited) return;
		this.isKept = true;
		const release = () => {
			this.slots.release();
		};
		const over = withDeadline(clock, LONGEST_EXECUTION, ended, { background: true });
		void over.then(release, release);
	}

	/** For an execution that n8n has not been handed, and where n8n has no limit. */
	releaseUnlessKept(): void {
		if (!this.isKept) this.slots.release();
	}
}
