import type { Socket } from 'node:net';
import type { Clock } from '../../client/clock';
import type { FrameEditor } from './websocket-frames';

export interface PipeOptions {
	readonly clock: Clock;
	/** ms that each byte takes. */
	readonly latency: number;
	readonly bytesPerSecond: number;
	/** Bytes that may still pass. */
	allowance(): number;
	passed(bytes: number): void;
}

/** Slices in which a slow pipe passes its bytes on (ms of its clock). */
const SLICE = 50;

/**
 * One direction of a connection: what one socket receives the other one sends, unless something
 * happens to it.
 */
export class Pipe {
	editor: FrameEditor | undefined;
	/** What passed so far. */
	bytes = 0;
	private fate: 'pass' | 'hold' | 'swallow' = 'pass';
	private held: Buffer[] = [];
	private readonly slowed: Buffer[] = [];
	private pacing = false;

	constructor(
		private readonly from: Socket,
		private readonly to: Socket,
		private readonly options: PipeOptions,
	) {
		from.on('data', (chunk: Buffer) => {
			this.take(chunk);
		});
		from.on('end', () => {
			this.whenPassed(() => to.end());
		});
		from.on('close', () => {
			this.whenPassed(() => to.destroy());
		});
		to.on('drain', () => from.resume());
	}

	silence(fate: 'hold' | 'swallow'): void {
		this.fate = fate;
	}

	/** What was held passes now. */
	resume(): void {
		this.fate = 'pass';
		const held = this.held;
		this.held = [];
		for (const chunk of held) this.take(chunk);
		if (this.from.destroyed) this.to.destroy();
	}

	/** What is still on its way arrives before its connection's end does. */
	private whenPassed(end: () => void): void {
		if (this.fate !== 'pass') return;
		if (this.slowed.length === 0) end();
		else
			this.options.clock.after(SLICE, () => {
				this.whenPassed(end);
			});
	}

	private take(chunk: Buffer): void {
		if (this.fate === 'hold') this.held.push(chunk);
		if (this.fate !== 'pass') return;
		for (const part of this.editor ? this.editor.take(chunk) : [chunk]) this.send(part);
	}

	private send(chunk: Buffer): void {
		const { latency, bytesPerSecond, clock } = this.options;
		if (latency === 0 && bytesPerSecond === Number.POSITIVE_INFINITY) {
			this.write(chunk);
			return;
		}
		this.slowed.push(chunk);
		if (bytesPerSecond === Number.POSITIVE_INFINITY)
			clock.after(latency, () => {
				this.write(this.slowed.shift());
			});
		else this.trickle();
	}

	private trickle(): void {
		const [chunk] = this.slowed;
		if (this.pacing || !chunk || this.to.destroyed) return;
		this.pacing = true;
		this.options.clock.after(SLICE, () => {
			this.pacing = false;
			const size = Math.max(1, Math.floor((this.options.bytesPerSecond * SLICE) / 1000));
			this.write(chunk.subarray(0, size));
			this.slowed.shift();
			if (chunk.length > size) this.slowed.unshift(chunk.subarray(size));
			this.trickle();
		});
	}

	private write(chunk: Buffer | undefined): void {
		if (!chunk || this.to.destroyed || this.fate !== 'pass') return;
		const part = chunk.subarray(0, this.options.allowance());
		this.bytes += part.length;
		if (part.length > 0 && !this.to.write(part)) this.from.pause();
		this.options.passed(part.length);
	}
}
