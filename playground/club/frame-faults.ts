export interface Frame {
	readonly event: string;
	readonly args: readonly unknown[];
}

/** Alters what goes out (other arguments), or drops it (null). */
export type Mangler = (event: string, args: readonly unknown[]) => readonly unknown[] | null;

interface Reordering {
	readonly userId: string | undefined;
	readonly count: number;
	/** Frames held so far, for each user, with what sends them. */
	readonly held: Map<string, (() => void)[]>;
}

/** What can go wrong with frames on their way to a user's sockets. */
export class FrameFaults {
	private duplicates = 0;
	private readonly reorderings = new Set<Reordering>();
	private readonly manglers = new Map<string, Set<Mangler>>();

	duplicate(count: number): () => void {
		this.duplicates = count;
		return () => {
			this.duplicates = 0;
		};
	}

	reorder(count: number, userId?: string): () => void {
		const reordering: Reordering = { userId, count, held: new Map() };
		this.reorderings.add(reordering);
		return () => {
			this.reorderings.delete(reordering);
			for (const held of reordering.held.values()) release(held);
		};
	}

	mangle(userId: string, mangler: Mangler): () => void {
		const manglers = this.manglers.get(userId) ?? new Set<Mangler>();
		this.manglers.set(userId, manglers.add(mangler));
		return () => {
			manglers.delete(mangler);
		};
	}

	/** Calls `send` as often as the frame is to go out, now or when a reordering lets it go. */
	pass(userId: string, frame: Frame, send: (frame: Frame) => void): void {
		const mangled = this.mangled(userId, frame);
		if (!mangled) return;
		const times = frame.event === 'new_message' && this.duplicates > 0 ? 2 : 1;
		if (times === 2) this.duplicates -= 1;
		const sendAll = (): void => {
			for (let time = 0; time < times; time += 1) send(mangled);
		};
		if (frame.event !== 'new_message' || !this.hold(userId, sendAll)) sendAll();
	}

	private mangled(userId: string, frame: Frame): Frame | null {
		let args: readonly unknown[] | null = frame.args;
		for (const mangler of this.manglers.get(userId) ?? [])
			args = args && mangler(frame.event, args);
		return args && { event: frame.event, args };
	}

	private hold(userId: string, sendAll: () => void): boolean {
		const reordering = [...this.reorderings].find((each) => applies(each, userId));
		if (!reordering) return false;
		const held = [...(reordering.held.get(userId) ?? []), sendAll];
		reordering.held.set(userId, held);
		if (held.length === reordering.count) release(held);
		return true;
	}
}

/**
 * A user's turn is over once the count is full: it stays in the map, so that the next frames pass.
 */
function applies(reordering: Reordering, userId: string): boolean {
	const held = reordering.held.get(userId)?.length ?? 0;
	return (
		(reordering.userId === undefined || reordering.userId === userId) && held < reordering.count
	);
}

function release(held: (() => void)[]): void {
	for (const send of [...held].reverse()) send();
}
