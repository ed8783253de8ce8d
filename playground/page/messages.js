import { messageBody } from './content.js';
import { agentBadge, avatar, byId, element } from './dom.js';

/** Messages of one sender that follow each other this closely (seconds) share one heading. */
const sameBreath = 300;
/** Pixels from the end within which the list follows new messages. */
const nearEnd = 120;

/** The open chat's messages, oldest first. */
export class MessageList {
	#list = byId('messages');
	#scroll = byId('scroll');
	#earlier = byId('earlier');
	#messages = [];
	#selfId;
	#atEnd = true;

	constructor(selfId, onEarlier) {
		this.#selfId = selfId;
		this.#earlier.onclick = () => onEarlier(this.#messages[0]?.created_at);
		// A picture that has arrived makes the list longer under the reader's eyes.
		this.#list.addEventListener('load', () => this.#atEnd && this.#toEnd(), true);
		this.#scroll.addEventListener('scroll', () => (this.#atEnd = this.#distanceToEnd() < nearEnd));
		new ResizeObserver(() => this.#atEnd && this.#toEnd()).observe(this.#scroll);
	}

	show(messages, more) {
		this.#messages = [...messages];
		this.#earlier.hidden = !more;
		this.#draw();
		this.#toEnd();
	}

	/** Keeps the reader where he was. */
	prepend(messages, more) {
		const fromEnd = this.#scroll.scrollHeight - this.#scroll.scrollTop;
		this.#messages.unshift(...messages);
		this.#earlier.hidden = !more;
		this.#draw();
		this.#scroll.scrollTop = this.#scroll.scrollHeight - fromEnd;
	}

	/** The server may deliver a message twice. */
	append(message) {
		if (this.#messages.some(({ id }) => id === message.id)) return;
		const follow = this.#atEnd || message.sender_id === this.#selfId;
		this.#list.querySelector('.hint')?.remove();
		this.#list.append(this.#row(message, this.#messages.at(-1)));
		this.#messages.push(message);
		if (follow) this.#toEnd();
	}

	#draw() {
		const rows = this.#messages.map((message, index) =>
			this.#row(message, this.#messages[index - 1]),
		);
		const hint = element(
			'li',
			{ className: 'hint quiet' },
			'Nothing here yet. Say hello; in a group, type @ and choose the agent from the list.',
		);
		this.#list.replaceChildren(...(rows.length > 0 ? rows : [hint]));
	}

	#row(message, previous) {
		const follows =
			previous?.sender_id === message.sender_id &&
			message.created_at - previous.created_at < sameBreath;
		const isOwn = message.sender_id === this.#selfId;
		const bubble = element('div', { className: 'bubble' }, ...messageBody(message, this.#selfId));
		const parts = follows ? [bubble] : [heading(message), bubble];
		const mark = follows
			? element('span', { className: 'avatar none' })
			: avatar(message.sender_name);
		const mentionsSelf = (message.mentions ?? []).includes?.(this.#selfId);
		const className = ['message', isOwn && 'own', follows && 'follows', mentionsSelf && 'addressed']
			.filter(Boolean)
			.join(' ');
		return element('li', { className }, mark, element('div', { className: 'said' }, ...parts));
	}

	#distanceToEnd() {
		return this.#scroll.scrollHeight - this.#scroll.scrollTop - this.#scroll.clientHeight;
	}

	#toEnd() {
		this.#scroll.scrollTop = this.#scroll.scrollHeight;
		this.#atEnd = true;
	}
}

function heading(message) {
	const time = new Date(message.created_at * 1000);
	const clock = element(
		'time',
		{ dateTime: time.toISOString(), title: time.toLocaleString() },
		time.toLocaleTimeString([], { timeStyle: 'short' }),
	);
	return element(
		'p',
		{ className: 'heading' },
		element('strong', {}, message.sender_name),
		...(message.sender_is_agent ? [agentBadge()] : []),
		clock,
	);
}
