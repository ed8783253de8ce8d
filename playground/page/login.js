import { get, post } from './api.js';
import { avatar, byId, element } from './dom.js';

/**
 * Lets the visitor choose a person; resolves with that user once the server has given the page a
 * session.
 */
export async function logIn() {
	const people = (await get('users')).filter((user) => !user.is_agent);
	byId('login').hidden = false;
	const chosen = await new Promise((resolve) => {
		const buttons = people.map((person) => choice(person, () => resolve(person)));
		byId('people').replaceChildren(
			...(buttons.length > 0 ? buttons : ['There is nobody in this club yet.']),
		);
		byId('people').querySelector('button')?.focus();
	});
	const user = await post('login', { user_id: chosen.id });
	byId('login').hidden = true;
	return user;
}

function choice(person, onClick) {
	const name = element('span', {}, 'Log in as ', element('strong', {}, person.display_name));
	return element(
		'button',
		{ type: 'button', className: 'person', on: { click: onClick } },
		avatar(person.display_name),
		name,
	);
}
