import { byId } from './dom.js';

/**
 * Milliseconds after which somebody who was typing no longer is; clients repeat the event every two
 * seconds.
 */
const fadesAfter = 3_000;
const repeatsAfter = 2_000;

/** Says who is typing in the open chat. */
export class TypingLine {
	#line = byId('typing');
	#names = new Map();

	show(userId, name) {
		clearTimeout(this.#names.get(userId)?.timer);
		const timer = setTimeout(() => this.stop(userId), fadesAfter);
		this.#names.set(userId, { name, timer });
		this.#draw();
	}

	/** A message of theirs has come. */
	stop(userId) {
		clearTimeout(this.#names.get(userId)?.timer);
		this.#names.delete(userId);
		this.#draw();
	}

	clear() {
		for (const userId of [...this.#names.keys()]) this.stop(userId);
	}

	#draw() {
		const names = [...this.#names.values()].map(({ name }) => name);
		this.#line.textContent =
			names.length === 0
				? ''
				: `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} typing…`;
	}
}

/** Calls through at most every two seconds. */
export function repeatedly(call) {
	let last = 0;
	return () => {
		if (Date.now() - last < repeatsAfter) return;
		last = Date.now();
		call();
	};
}
