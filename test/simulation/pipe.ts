import type { Clock } from '../../client/clock';

export interface PipeSettings {
	/** ms for the next thing on its way. */
	latency(): number;
}

/** One direction of a connection: everything arrives in the order in which it was sent, later. */
export class Pipe {
	private lastDue = 0;
	private held: Array<() => void> | undefined;
	/** Raised by a drop: what was on its way then never arrives. */
	private generation = 0;

	constructor(
		private readonly clock: Clock,
		private readonly settings: PipeSettings,
	) {}

	get isHeld(): boolean {
		return this.held !== undefined;
	}

	push(arrive: () => void): void {
		const { generation } = this;
		this.lastDue = Math.max(this.lastDue, this.clock.now() + this.settings.latency());
		this.clock.after(this.lastDue - this.clock.now(), () => {
			if (generation !== this.generation) return;
			if (this.held) this.held.push(arrive);
			else arrive();
		});
	}

	/** From now on what arrives waits. */
	hold(): void {
		this.held ??= [];
	}

	/** What waits arrives now, or never. */
	flow(discards: boolean): void {
		const waiting = this.held ?? [];
		this.held = undefined;
		if (discards) this.generation += 1;
		else for (const arrive of waiting) arrive();
	}

	/** What is on its way, or waits, never arrives. */
	drop(): void {
		this.generation += 1;
		if (this.held) this.held = [];
	}
}
