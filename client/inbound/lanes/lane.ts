import { SortedQueue } from '../sorted-queue';
import type { Job } from './job';

/** One chat's messages for one trigger, in the order of `created_at` among those known. */
export class Lane extends SortedQueue<Job> {
	/** Whether somebody is working this lane off. */
	active = false;
	/** The job that is being worked on. */
	taken: Job | undefined;
	/** `immediately`: how many n8n has refused that come back in a while. No other job passes. */
	refused = 0;

	/** Whether a job is next that may be begun. */
	get isReady(): boolean {
		return this.refused === 0 && this.first !== undefined && !this.first.isOpen;
	}

	override next(): Job | undefined {
		const job = super.next();
		if (job) this.taken = job;
		return job;
	}

	/** Whether something older than this job has arrived, or has been refused, since it was taken. */
	hasOlderThan(job: Job): boolean {
		return this.refused > 0 || (this.first !== undefined && this.first.createdAt < job.createdAt);
	}

	/** What was said in the chat is gone: the job that has been taken does not come back. */
	withdraw(): void {
		if (this.taken) this.taken.isWithdrawn = true;
	}
}
