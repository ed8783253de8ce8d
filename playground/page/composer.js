import { escapeName } from './content.js';
import { byId } from './dom.js';
import { MentionMenu } from './mention-menu.js';

/**
 * Where people write. It knows nothing of the server: what is written goes out through the two
 * functions it is given.
 */
export class Composer {
	#field = byId('text');
	#picked = new Map();
	#menu;

	/**
	 * @param {{ onText(text: string, mentions: string[]): void, onFiles(files: File[]): void,
	 * onTyping(): void }} actions
	 */
	constructor({ onText, onFiles, onTyping }) {
		this.#menu = new MentionMenu(this.#field, ({ id, name }) => this.#picked.set(name, id));
		this.onText = onText;
		this.#field.addEventListener('keydown', (event) => this.#key(event));
		this.#field.addEventListener('input', () => {
			this.#fit();
			onTyping();
		});
		byId('composer').addEventListener('submit', (event) => {
			event.preventDefault();
			this.#submit();
		});
		this.#followFiles(onFiles);
	}

	/** Begins afresh for another chat. */
	open(candidates) {
		this.#menu.offer(candidates);
	}

	focus() {
		this.#field.focus();
	}

	#followFiles(onFiles) {
		const input = byId('file');
		byId('attach').addEventListener('click', () => input.click());
		input.addEventListener('change', () => {
			onFiles([...input.files]);
			input.value = '';
		});
		this.#field.addEventListener('paste', (event) => {
			if (event.clipboardData.files.length === 0) return;
			event.preventDefault();
			onFiles([...event.clipboardData.files]);
		});
	}

	/** Enter that ends a word of an input method is not meant for us. */
	#key(event) {
		if (event.isComposing) return;
		if (this.#menu.take(event)) event.preventDefault();
		else if (event.key === 'Enter' && !event.shiftKey) {
			event.preventDefault();
			this.#submit();
		}
	}

	#submit() {
		const { text, mentions } = withTags(this.#field.value.trim(), this.#picked);
		if (text === '') return;
		this.#field.value = '';
		this.#picked.clear();
		this.#menu.close();
		this.#fit();
		this.onText(text, mentions);
	}

	#fit() {
		this.#field.style.height = 'auto';
		this.#field.style.height = `${this.#field.scrollHeight}px`;
		this.#field.classList.toggle('long', this.#field.scrollHeight > this.#field.clientHeight);
	}
}

/**
 * Puts tags in place of the picked names that are still in the text, longer names first: one may
 * begin like another.
 */
function withTags(text, picked) {
	const mentions = new Set();
	const names = [...picked.keys()].sort((a, b) => b.length - a.length);
	if (names.length === 0) return { text, mentions: [] };
	const pattern = new RegExp(
		`@(${names.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|')})(?![\\p{L}\\p{N}_])`,
		'gu',
	);
	const tagged = text.replace(pattern, (_, name) => {
		mentions.add(picked.get(name));
		return `<at user_id="${picked.get(name)}">${escapeName(name)}</at>`;
	});
	return { text: tagged, mentions: [...mentions] };
}
