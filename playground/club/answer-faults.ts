/** What becomes of one event that a client sent. `ms` delays the answers, not the handling. */
export type Fate =
	| { readonly kind: 'pass' }
	| { readonly kind: 'ignore' }
	| { readonly kind: 'silence' }
	| { readonly kind: 'delay'; readonly ms: number };

type Counts = Map<string, number>;

/** What can go wrong with the answers to clients' events. */
export class AnswerFaults {
	private readonly delays = new Map<string, number>();
	private readonly silenced: Counts = new Map();
	private readonly ignored: Counts = new Map();

	delay(event: string, ms: number): () => void {
		this.delays.set(event, ms);
		return () => this.delays.delete(event);
	}

	dropAnswer(event: string, count: number): () => void {
		this.silenced.set(event, count);
		return () => this.silenced.delete(event);
	}

	dropBefore(event: string, count: number): () => void {
		this.ignored.set(event, count);
		return () => this.ignored.delete(event);
	}

	/** Uses up one of a counted fault. */
	fateOf(event: string): Fate {
		if (takeOne(this.ignored, event)) return { kind: 'ignore' };
		if (takeOne(this.silenced, event)) return { kind: 'silence' };
		const ms = this.delays.get(event);
		return ms === undefined ? { kind: 'pass' } : { kind: 'delay', ms };
	}
}

function takeOne(counts: Counts, event: string): boolean {
	const left = counts.get(event) ?? 0;
	if (left > 0) counts.set(event, left - 1);
	return left > 0;
}
