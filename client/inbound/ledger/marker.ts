import { type Clock, pause, type Timer } from '../../clock';
import type { Ledger } from './ledger';

/**
 * A mark waits until its message has been here this long (ms). Servers run each send in a thread of
 * its own and may deliver two messages in the wrong order. A mark for the later one would swallow
 * the earlier one (docs/decisions.md, "Talking to Agent Club").
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
	/**
	 * A trigger is closing, and perhaps n8n with it: what is settled now has no time to wait for
	 * more.
	 */
	isUrgent(): boolean;
}

/**
 * Turns what the ledger has settled into few `mark_read` frames, one in flight at a time, repeated
 * until confirmed.
 */
export class Marker {
	private timer: Timer | undefined;
	private sending = false;
	private lastAnswer: Promise<unknown> = Promise.resolve();
	private connected = false;
	private waiting: Array<() => void> = [];

	constructor(
		private readonly clock: Clock,
		private readonly ledger: Ledger,
		private readonly port: MarkerPort,
	) {}

	/** Something may have become markable. */
	kick(): void {
		this.flushAfter(this.port.isUrgent() ? 0 : JOIN_FOR);
	}

	/**
	 * Resolves when nothing waits to be marked any more, or when nothing can be marked because there
	 * is no connection. What is still worked on has then been here long enough to be marked as soon
	 * as it ends. n8n stops soon after its last execution (`test/e2e/polite-stop.test.ts`).
	 */
	async drained(): Promise<void> {
		const rest = this.youngestUnsettled() + MARK_AFTER - this.clock.now();
		if (this.connected && rest > 0) await pause(this.clock, rest);
		if (this.isDrained()) return;
		await new Promise<void>((resolve) => {
			this.waiting.push(resolve);
		});
	}

	/** Whether the server has still to answer a frame. */
	get isOnItsWay(): boolean {
		return this.sending;
	}

	/** Resolves when no frame is on its way: the server has dealt with it, or will not any more. */
	async answered(): Promise<void> {
		await this.lastAnswer;
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

	private flushAfter(ms: number): void {
		if ((this.timer && ms > 0) || this.sending || !this.connected || !this.ledger.hasWork) return;
		this.timer?.cancel();
		this.timer = this.clock.after(ms, () => {
			this.timer = undefined;
			void this.flush();
		});
	}

	/** Monotonic ms. */
	private youngestUnsettled(): number {
		let youngest = Number.NEGATIVE_INFINITY;
		for (const { arrivedAt } of this.ledger.unsettledEntries())
			youngest = Math.max(youngest, arrivedAt);
		return youngest;
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
				const ids = this.ledger.collect(this.clock.now(), MARK_AFTER, MOST_IDS, (chat) =>
					this.port.isBlocked(chat),
				);
				if (ids.length === 0) break;
				const answer = this.sendOne(ids);
				this.lastAnswer = answer;
				if (!(await answer)) break;
			}
		} finally {
			this.sending = false;
		}
		this.reportDrained();
		this.flushAfter(JOIN_FOR);
	}

	/**
	 * Anything but an answer means "not known": the marks are due again, at the next tick or on the
	 * next connection.
	 */
	private async sendOne(ids: readonly string[]): Promise<boolean> {
		try {
			await this.port.send(ids);
		} catch {
			this.ledger.fail(ids);
			return false;
		}
		this.ledger.confirm(ids);
		return true;
	}
}
