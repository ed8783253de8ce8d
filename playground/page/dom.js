/** The page's element of that id. */
export function byId(id) {
	const found = document.getElementById(id);
	if (!found) throw new Error(`the page has no element ${id}`);
	return found;
}

/**
 * Makes an element. What others wrote comes in as children, which are text and never markup: names
 * and messages are hostile.
 * @param {string} tag
 * @param {Record<string, unknown>} [properties] of the element; `aria` and `on` hold attributes and
 * listeners
 * @param {(Node | string)[]} children
 */
export function element(tag, { aria = {}, on = {}, ...properties } = {}, ...children) {
	const made = Object.assign(document.createElement(tag), properties);
	for (const [name, value] of Object.entries(aria))
		made.setAttribute(name === 'role' ? name : `aria-${name}`, String(value));
	for (const [event, listener] of Object.entries(on)) made.addEventListener(event, listener);
	made.append(...children);
	return made;
}

/** A round mark with somebody's initial; one name always has one colour. */
export function avatar(name) {
	const hue = [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 6;
	const [initial = '?'] = [...name.trim()];
	return element(
		'span',
		{ className: `avatar hue-${hue}`, aria: { hidden: true } },
		initial.toUpperCase(),
	);
}

/** Says of an account that no person is behind it. */
export function agentBadge() {
	return element('span', { className: 'badge' }, 'agent');
}
