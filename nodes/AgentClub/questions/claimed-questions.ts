/** ms: n8n has claimed the execution by then, or has failed to. */
const CLAIM_FOR = 30_000;

/**
 * Questions that have an answer on its way. n8n asks the node about each of several simultaneous
 * answers before it takes one of them (`test/e2e/send-and-wait.test.ts`, "and once").
 */
export class ClaimedQuestions {
	private readonly claims = new Map<string, number>();

	has(id: string): boolean {
		const at = this.claims.get(id);
		return at !== undefined && performance.now() - at < CLAIM_FOR;
	}

	/** Answers whether this is the first one. */
	claim(id: string): boolean {
		const now = performance.now();
		for (const [each, at] of this.claims) if (now - at >= CLAIM_FOR) this.claims.delete(each);
		if (this.claims.has(id)) return false;
		this.claims.set(id, now);
		return true;
	}
}
