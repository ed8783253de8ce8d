import type { Clock, Timer } from '../clock';
import type { Ledger } from './ledger';

/**
 * A mark waits until its message has been here this long (ms): servers run each send in a thread of its own and may deliver two
 * messages in the wrong order (measured), and a mark for the later one would swallow the earlier one.
 */
export const MARK_AFTER = 2000;
/** ms in which marks are joined into one frame. */
const JOIN_FOR = 250;
/** Ids in a frame; SQLite's limit for variables is about 900. */
const MOST_IDS = 500;

export interface MarkerPort {
	/** Tells the server; resolves when it has answered. */
	send(ids: readonly string[]): Promise<void>;
	/** Chats in which something unread was passed over: a mark there would hide it. */
	isBlocked(chat: string): boolean;
	confirmed(ids: readonly string[]): void;
}

/** Turns what the ledger has settled into few `mark_read` frames, one in flight at a time, repeated until confirmed. */
export class Marker {
	private timer: Timer | undefined;
	private sending = false;
	private connected = false;
	private waiting: Array<() => void> = [];

	constructor(
		private readonly clock: Clock,
		private readonly ledger: Ledger<unknown>,
		private readonly port: MarkerPort,
	) {}

	/** Something may have become markable. */
	kick(): void {
		if (this.timer || this.sending || !this.connected || !this.ledger.hasWork) return;
		this.timer = this.clock.after(JOIN_FOR, () => {
			this.timer = undefined;
			void this.flush();
		});
	}

	/** Resolves when nothing waits to be marked any more, or nothing can be, for there is no connection. */
	drained(): Promise<void> {
		if (this.isDrained()) return Promise.resolve();
		return new Promise((resolve) => {
			this.waiting.push(resolve);
		});
	}

	resume(): void {
		this.connected = true;
		this.kick();
	}

	suspend(): void {
		this.connected = false;
		this.timer?.cancel();
		this.timer = undefined;
		this.reportDrained();
	}

	private isDrained(): boolean {
		return !this.connected || (!this.sending && !this.ledger.hasWork);
	}

	private reportDrained(): void {
		if (!this.isDrained()) return;
		const waiting = this.waiting;
		this.waiting = [];
		for (const resolve of waiting) resolve();
	}

	private async flush(): Promise<void> {
		this.sending = true;
		try {
			while (this.connected) {
				const ids = this.ledger.collect(this.clock.now(), MARK_AFTER, MOST_IDS, (chat) => this.port.isBlocked(chat));
				if (ids.length === 0) break;
				if (!(await this.sendOne(ids))) break;
			}
		} finally {
			this.sending = false;
		}
		this.reportDrained();
		this.kick();
	}

	/** Anything but an answer means "not known": the marks are due again, at the next tick or on the next connection. */
	private async sendOne(ids: readonly string[]): Promise<boolean> {
		try {
			await this.port.send(ids);
		} catch {
			this.ledger.fail(ids);
			return false;
		}
		this.ledger.confirm(ids);
		this.port.confirmed(ids);
		return true;
	}
}
