import { type Clock, EXPIRED, withDeadline } from '../clock';
import { AgentClubError } from '../errors';

/** Whether a connection is ready, for those who wait for it with a deadline. */
export class Readiness {
	private opened = false;
	/** What the last attempt was refused with. */
	private refusal: AgentClubError | undefined;
	/** Why there will be none any more. */
	private end: AgentClubError | undefined;
	private why = 'it has just been started';
	private readonly waiting = new Set<{
		resolve: () => void;
		reject: (error: AgentClubError) => void;
	}>();

	constructor(private readonly clock: Clock) {}

	get isOpen(): boolean {
		return this.opened;
	}

	/** Whether somebody waits for it. */
	get isAwaited(): boolean {
		return this.waiting.size > 0;
	}

	open(): void {
		this.opened = true;
		this.refusal = undefined;
		for (const waiter of this.waiting) waiter.resolve();
		this.waiting.clear();
	}

	shut(): void {
		this.opened = false;
	}

	/** What the error of a wait that runs out says about the connection. */
	describe(text: string): void {
		this.why = text;
		this.refusal = undefined;
	}

	/**
	 * An attempt has failed in a way that waiting does not mend: those who wait hear of it. Those who
	 * come later wait for the next attempt, because what was wrong may be mended by then.
	 */
	fail(error: AgentClubError): void {
		this.refusal = error;
		for (const waiter of this.waiting) waiter.reject(error);
		this.waiting.clear();
	}

	/** Fails those who wait, and all who come. */
	close(error: AgentClubError): void {
		this.end = error;
		this.fail(error);
	}

	/**
	 * @param deadline ms
	 * @throws AgentClubError OFFLINE, CANCELLED, or what `fail` or `close` was given
	 */
	async wait(deadline: number, signal?: AbortSignal): Promise<void> {
		if (signal?.aborted) throw cancelled();
		if (this.end) throw this.end;
		if (this.opened) return;
		let cancel: (() => void) | undefined;
		const opened = new Promise<void>((resolve, reject) => {
			const waiter = { resolve, reject };
			this.waiting.add(waiter);
			cancel = () => {
				this.waiting.delete(waiter);
				reject(cancelled());
			};
			signal?.addEventListener('abort', cancel, { once: true });
		});
		try {
			if ((await withDeadline(this.clock, Math.max(deadline, 0), opened)) === EXPIRED)
				throw this.refusal ?? this.offline(deadline);
		} finally {
			if (cancel) signal?.removeEventListener('abort', cancel);
			// Whoever gave up waiting is not told any more, and forgotten.
			opened.catch(() => undefined);
			cancel?.();
		}
	}

	private offline(deadline: number): AgentClubError {
		// Who waited behind others has nothing left of its deadline.
		const seconds = Math.round(deadline / 1000);
		const since =
			seconds > 0
				? `was no connection to Agent Club for ${seconds} s`
				: 'is no connection to Agent Club';
		return new AgentClubError('OFFLINE', `There ${since}: ${this.why}`, {
			retriable: true,
			remedy: 'Check that the server is running and reachable from n8n; nothing was sent.',
		});
	}
}

function cancelled(): AgentClubError {
	return new AgentClubError('CANCELLED', 'Waiting for the connection was called off');
}
