import { agentBadge, avatar, byId, element } from './dom.js';

export function keyOf(chatType, chatId) {
	return `${chatType}_${chatId}`;
}

/**
 * The groups and direct chats in one list.
 * @typedef {{ key: string, type: string, id: string, peerId?: string, name: string, isAgent:
 * boolean, unread: number }} Chat
 * @returns {Chat[]}
 */
export function chatsFrom({ groups, directs, unread }) {
	const groupChats = groups.map((group) => ({
		type: 'group',
		id: group.id,
		name: group.name,
		isAgent: false,
	}));
	const directChats = directs.map((direct) => ({
		type: 'direct',
		id: direct.id,
		peerId: direct.peer_id,
		name: direct.peer_name,
		isAgent: Boolean(direct.peer_is_agent),
	}));
	return [...groupChats, ...directChats].map((chat) => {
		const key = keyOf(chat.type, chat.id);
		return { ...chat, key, unread: unread[key] ?? 0 };
	});
}

/** Draws the list again, with the open chat marked; the focus stays on the chat that had it. */
export function drawChats(chats, openKey, onChoose) {
	const focused = document.activeElement?.dataset?.key;
	const sections = [section('Groups', chats, 'group'), section('Direct chats', chats, 'direct')];
	byId('chat-list').replaceChildren(...sections.flat());
	if (focused)
		[...document.querySelectorAll('.chat')]
			.find((button) => button.dataset.key === focused)
			?.focus();

	function section(title, all, type) {
		const some = all.filter((chat) => chat.type === type);
		if (some.length === 0) return [];
		return [
			element('h2', {}, title),
			element('ul', {}, ...some.map((chat) => element('li', {}, row(chat)))),
		];
	}

	function row(chat) {
		const mark =
			chat.type === 'group'
				? element('span', { className: 'avatar group', aria: { hidden: true } }, '#')
				: avatar(chat.name);
		const button = element(
			'button',
			{
				type: 'button',
				className: 'chat',
				on: { click: () => onChoose(chat.key) },
				aria: chat.key === openKey ? { current: 'true' } : {},
			},
			mark,
			element('span', { className: 'chat-title' }, chat.name),
			...(chat.isAgent ? [agentBadge()] : []),
			...(chat.unread > 0
				? [
						element(
							'span',
							{ className: 'unread', aria: { label: `${chat.unread} unread` } },
							String(chat.unread),
						),
					]
				: []),
		);
		button.dataset.key = chat.key;
		return button;
	}
}
