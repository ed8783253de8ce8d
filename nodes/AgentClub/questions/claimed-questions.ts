import type { ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import { pause, systemClock } from '../../../client/clock';

/** ms that an answer is remembered; n8n itself refuses further ones by then. */
const REMEMBERED_FOR = 30_000;
/** ms between looks whether n8n has answered a request that nobody waits for any more. */
const LOOK_EVERY = 1000;

/** Monotonic ms of when n8n took the answer; undefined while it has not. */
type TakenAt = number | undefined;

/**
 * Questions that have an answer on its way. n8n asks the node about each of several simultaneous
 * answers before it takes one of them (`test/e2e/send-and-wait.test.ts`, "and once").
 */
export class ClaimedQuestions {
	private readonly claims = new Map<string, TakenAt>();

	/** `busy`: an answer is on its way, and n8n may still refuse it. */
	stateOf(id: string): 'open' | 'busy' | 'over' {
		this.forgetOld();
		if (!this.claims.has(id)) return 'open';
		return this.claims.get(id) === undefined ? 'busy' : 'over';
	}

	/** Answers whether this is the first answer. */
	claim(id: string): boolean {
		if (this.stateOf(id) !== 'open') return false;
		this.claims.set(id, undefined);
		return true;
	}

	/**
	 * Resolves when n8n has taken the answer, or has not. Until then nobody may be told that it
	 * counts: n8n may be at its limit of executions, and forget the answer when it stops. Where n8n
	 * has refused it, the question is open again.
	 * @param response what n8n writes its own answer to, after it has taken this one (n8n 1: a moment
	 * before)
	 */
	async isTaken(id: string, response: ServerResponse): Promise<boolean> {
		await ended(response);
		const isTaken = response.statusCode < 300;
		if (isTaken) this.claims.set(id, systemClock.now());
		else this.claims.delete(id);
		return isTaken;
	}

	private forgetOld(): void {
		const now = systemClock.now();
		for (const [id, takenAt] of this.claims)
			if (takenAt !== undefined && now - takenAt >= REMEMBERED_FOR) this.claims.delete(id);
	}
}

async function ended(response: ServerResponse): Promise<void> {
	try {
		await finished(response);
	} catch {
		// Whoever asked has gone. n8n goes on all the same, and ends the response when it has decided.
		while (!response.writableEnded) await pause(systemClock, LOOK_EVERY);
	}
}
