import { agentBadge, byId, element } from './dom.js';

/** What is being typed after the last @ before the caret, where a mention can begin. */
const halfMention = /(?:^|\s)@([^\n@]{0,40})$/u;

/**
 * The little menu over the text field. The focus stays in the field; arrows, Enter, Tab and Escape
 * work the menu.
 */
export class MentionMenu {
	#menu = byId('mention-menu');
	#field;
	#candidates = [];
	#shown = [];
	#active = 0;

	constructor(field, onPick) {
		this.#field = field;
		this.onPick = onPick;
		field.addEventListener('input', () => this.#update());
		field.addEventListener('click', () => this.#update());
		field.addEventListener('blur', () => this.close());
	}

	/**
	 * @param {{ id: string, name: string, isAgent: boolean }[]} candidates who can be mentioned in
	 * the open chat
	 */
	offer(candidates) {
		this.#candidates = candidates;
	}

	get isOpen() {
		return !this.#menu.hidden;
	}

	close() {
		this.#menu.hidden = true;
		this.#field.removeAttribute('aria-activedescendant');
	}

	/** @returns whether the key was the menu's */
	take(event) {
		if (!this.isOpen) return false;
		if (event.key === 'ArrowDown') this.#move(1);
		else if (event.key === 'ArrowUp') this.#move(-1);
		else if (event.key === 'Enter' || event.key === 'Tab') this.#pick(this.#shown[this.#active]);
		else if (event.key === 'Escape') this.close();
		else return false;
		return true;
	}

	#typed() {
		return halfMention.exec(this.#field.value.slice(0, this.#field.selectionStart))?.[1];
	}

	#update() {
		const typed = this.#typed()?.toLocaleLowerCase();
		this.#shown =
			typed === undefined
				? []
				: this.#candidates.filter(({ name }) => name.toLocaleLowerCase().startsWith(typed));
		this.#active = 0;
		if (this.#shown.length > 0) this.#draw();
		else this.close();
	}

	#move(step) {
		this.#active = (this.#active + step + this.#shown.length) % this.#shown.length;
		this.#draw();
	}

	#draw() {
		this.#menu.replaceChildren(
			...this.#shown.map((candidate, index) => this.#option(candidate, index)),
		);
		this.#menu.hidden = false;
		this.#field.setAttribute('aria-activedescendant', `mention-${this.#active}`);
		this.#menu.children[this.#active].scrollIntoView({ block: 'nearest' });
	}

	#option(candidate, index) {
		// Before the click would take the focus from the field.
		const mousedown = (event) => {
			event.preventDefault();
			this.#pick(candidate);
		};
		const aria = { role: 'option', selected: index === this.#active };
		const name = candidate.id === 'all' ? 'all, everybody here' : candidate.name;
		return element(
			'div',
			{ id: `mention-${index}`, className: 'option', aria, on: { mousedown } },
			name,
			...(candidate.isAgent ? [agentBadge()] : []),
		);
	}

	#pick(candidate) {
		const caret = this.#field.selectionStart;
		const start = caret - this.#typed().length;
		this.#field.setRangeText(`${candidate.name} `, start, caret, 'end');
		this.close();
		this.onPick(candidate);
	}
}
