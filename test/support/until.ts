import { settled } from './fake-clock';

/** ms of real time. */
const PATIENCE = 10_000;

/** Resolves as soon as the condition holds; for what tells nobody when it changes. */
export async function until(what: string, condition: () => boolean): Promise<void> {
	const end = performance.now() + PATIENCE;
	while (!condition()) {
		if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
		await settled();
	}
}
