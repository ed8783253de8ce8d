import { agentBadge, avatar, byId, element } from './dom.js';

/** Draws who is in the open chat; others than oneself can be written to. */
export function drawMembers(members, selfId, onMessage) {
	byId('members-title').textContent = `Members (${members.length})`;
	byId('member-list').replaceChildren(...members.map(row));

	function row(member) {
		const state = member.is_online ? 'online' : 'away';
		const dot = element('span', {
			className: `presence ${state}`,
			title: state,
			aria: { label: state, role: 'img' },
		});
		const name = element(
			'span',
			{ className: 'member-name' },
			member.display_name,
			member.id === selfId ? ' (you)' : '',
		);
		const badge = member.is_agent ? [agentBadge()] : [];
		return element(
			'li',
			{ className: 'member' },
			avatar(member.display_name),
			dot,
			name,
			...badge,
			...messageButton(member),
		);
	}

	function messageButton(member) {
		if (member.id === selfId || !onMessage) return [];
		const aria = { label: `Message ${member.display_name}` };
		return [
			element(
				'button',
				{ type: 'button', className: 'link', aria, on: { click: () => onMessage(member.id) } },
				'Message',
			),
		];
	}
}
