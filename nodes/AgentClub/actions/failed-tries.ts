import type { IExecuteFunctions } from 'n8n-workflow';
import type { Clock, Timer } from '../../../client/clock';
import type { TriedParts } from '../../../client/outbound/send';

/** What has left in a run of a node, by item. */
export type TriedItems = Map<number, TriedParts>;

/** ms that a failed try is remembered; n8n tries again after 5 s at most. */
const KEPT_FOR = 60_000;
/** Characters in all texts that are kept; above, the oldest tries are forgotten. */
const MOST_CHARACTERS = 32 * 1024 * 1024;
/** What a part without a text counts as. */
const CHARACTERS_OF_PART = 500;

interface FailedTry {
	readonly items: TriedItems;
	readonly characters: number;
	readonly timer: Timer;
}

/**
 * What failed tries of a node have sent. n8n's *Retry On Fail* runs the whole node again, and
 * nothing may be sent twice. Kept between two tries only.
 */
export class FailedTries {
	private readonly tries = new Map<string, FailedTry>();
	private characters = 0;

	/** What an earlier try of this run has sent, which is no longer kept here. */
	take(run: string): TriedItems {
		const items = this.tries.get(run)?.items ?? new Map<number, TriedParts>();
		this.forget(run);
		return items;
	}

	keep(run: string, items: TriedItems, clock: Clock): void {
		this.forget(run);
		const forget = () => {
			this.forget(run);
		};
		const timer = clock.after(KEPT_FOR, forget, { background: true });
		const kept = { items, characters: charactersIn(items), timer };
		this.tries.set(run, kept);
		this.characters += kept.characters;
		for (const oldest of this.tries.keys()) {
			if (this.characters <= MOST_CHARACTERS) return;
			this.forget(oldest);
		}
	}

	private forget(run: string): void {
		const known = this.tries.get(run);
		if (!known) return;
		known.timer.cancel();
		this.characters -= known.characters;
		this.tries.delete(run);
	}
}

function charactersIn(items: TriedItems): number {
	let sum = 0;
	for (const parts of items.values())
		for (const { outgoing } of parts.values()) sum += CHARACTERS_OF_PART + outgoing.content.length;
	return sum;
}

/** A name for this run of the node, the same for each try; undefined where n8n makes only one. */
export function retriedRun(host: IExecuteFunctions): string | undefined {
	const { name, retryOnFail } = host.getNode();
	const executionId: string | undefined = host.getExecutionId();
	if (!retryOnFail || !executionId) return undefined;
	return JSON.stringify([executionId, name, host.getWorkflowDataProxy(0).$runIndex]);
}
