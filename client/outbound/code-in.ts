import { codeIn } from './code-and-links';
import type { Span } from './code-blocks';

/** Where a text has code: looked for once, and only if somebody asks. */
export class CodeIn {
	private spans: readonly Span[] | undefined;

	constructor(private readonly text: string) {}

	has(at: number): boolean {
		this.spans ??= codeIn(this.text);
		let [low, high] = [0, this.spans.length];
		while (low < high) {
			const middle = (low + high) >>> 1;
			if ((this.spans[middle]?.end ?? 0) <= at) low = middle + 1;
			else high = middle;
		}
		return (this.spans[low]?.start ?? Number.POSITIVE_INFINITY) <= at;
	}
}
