import { byId } from './dom.js';

const drawers = { 'show-chats': 'chats', 'show-members': 'members' };

/** On narrow screens the lists at the sides are drawers over the conversation. */
export function setUpDrawers() {
	for (const [button, drawer] of Object.entries(drawers))
		byId(button).addEventListener('click', () => open(button, drawer));
	byId('veil').addEventListener('click', closeDrawers);
	document.addEventListener('keydown', (event) => event.key === 'Escape' && closeDrawers());
}

function open(button, drawer) {
	closeDrawers();
	byId(drawer).classList.add('open');
	byId(button).setAttribute('aria-expanded', 'true');
	byId('veil').hidden = false;
	byId(drawer).querySelector('button')?.focus();
}

/** Gives the focus back to the button, where a drawer was open. */
export function closeDrawers() {
	for (const [button, drawer] of Object.entries(drawers)) {
		if (!byId(drawer).classList.contains('open')) continue;
		byId(drawer).classList.remove('open');
		byId(button).setAttribute('aria-expanded', 'false');
		byId(button).focus();
	}
	byId('veil').hidden = true;
}
