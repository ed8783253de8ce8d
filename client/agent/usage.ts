import type { Clock, Timer } from '../clock';

/** ms that a connection is kept after its last user has left. */
const IDLE_CLOSE = 30_000;

/** Counts who uses a session, and says when nobody has for a while. */
export class Usage {
	private leases = 0;
	private timer: Timer | undefined;

	constructor(
		private readonly clock: Clock,
		/** Whether triggers are there, who count as users too. */
		private readonly hasTriggers: () => boolean,
		private readonly unused: () => void,
	) {}

	get isLeased(): boolean {
		return this.leases > 0;
	}

	/** Uses the session for a while; the returned function ends that, once. */
	lease(): () => void {
		this.leases += 1;
		this.changed();
		let held = true;
		return () => {
			if (!held) return;
			held = false;
			this.leases -= 1;
			this.changed();
		};
	}

	/** A lease or a trigger has come or gone. */
	changed(): void {
		this.timer?.cancel();
		this.timer =
			this.isLeased || this.hasTriggers()
				? undefined
				: this.clock.after(IDLE_CLOSE, this.unused, { background: true });
	}
}
