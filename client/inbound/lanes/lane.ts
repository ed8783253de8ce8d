import type { Job } from './job';
import { insertSorted } from '../sorted';

/**
 * A lane forgets the jobs it has given out when none waits, or when they are this many, and more
 * than those that wait.
 */
const FORGET_AFTER = 256;

/** One chat's messages for one trigger, in the order of `created_at` among those known. */
export class Lane {
	private jobs: Job[] = [];
	private head = 0;
	/** Whether somebody is working this lane off. */
	active = false;
	/** The job that is being worked on. */
	taken: Job | undefined;
	/** `immediately`: how many n8n has refused that come back in a while. No other job passes. */
	refused = 0;

	get isEmpty(): boolean {
		return this.head === this.jobs.length;
	}

	/** Whether a job is next that may be begun. */
	get isReady(): boolean {
		return this.refused === 0 && this.first !== undefined && !this.first.isOpen;
	}

	/** Puts a job in its place: behind all that are as old or older. */
	add(job: Job): void {
		insertSorted(this.jobs, job, this.head);
	}

	/** Puts a job back where it came from: before all that are as old or younger. */
	putBack(job: Job): void {
		let at = this.head;
		while (at < this.jobs.length && (this.jobs[at]?.createdAt ?? 0) < job.createdAt) at += 1;
		this.jobs.splice(at, 0, job);
	}

	/** The job that is next. */
	get first(): Job | undefined {
		return this.jobs[this.head];
	}

	next(): Job | undefined {
		const job = this.first;
		if (!job) return undefined;
		this.head += 1;
		this.taken = job;
		if (this.isEmpty || (this.head > FORGET_AFTER && 2 * this.head > this.jobs.length))
			this.forgetTaken();
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

	/** Empties the lane. */
	drain(): Job[] {
		const rest = this.jobs.slice(this.head);
		this.jobs = [];
		this.head = 0;
		return rest;
	}

	private forgetTaken(): void {
		this.jobs.splice(0, this.head);
		this.head = 0;
	}
}
