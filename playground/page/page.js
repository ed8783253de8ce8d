import { get, post, upload } from './api.js';
import { chatsFrom, drawChats, keyOf } from './chats.js';
import { Composer } from './composer.js';
import { connect } from './connection.js';
import { byId } from './dom.js';
import { closeDrawers, setUpDrawers } from './drawers.js';
import { logIn } from './login.js';
import { drawMembers } from './members.js';
import { MessageList } from './messages.js';
import { repeatedly, TypingLine } from './typing.js';

const pageSize = 50;
const presenceEvery = 15_000;
const answerWithin = 10_000;

/** One person's club: the chats, the open one among them, and the socket that keeps both alive. */
class ClubPage {
	#self;
	#chats = [];
	#open = null;
	#socket;
	#messages;
	#typing = new TypingLine();
	#composer;
	/**
	 * For each history that is on its way, what has come since it was asked for: it may not have that
	 * yet.
	 */
	#meanwhile = new Set();

	constructor(self) {
		this.#self = self;
		this.#messages = new MessageList(self.id, (before) =>
			this.#attempt(() => this.#showEarlier(before)),
		);
		this.#composer = new Composer({
			onText: (content, mentions) =>
				this.#attempt(() => this.#send({ content, ...(mentions.length > 0 ? { mentions } : {}) })),
			onFiles: (files) => this.#attempt(() => this.#sendFiles(files)),
			onTyping: repeatedly(() => this.#open && this.#socket.emit('typing', this.#address())),
		});
		this.#socket = connect({
			connect: () => this.#attempt(() => this.#refresh()),
			new_message: (message) => this.#take(message),
			typing: (typing) =>
				this.#isOpen(typing) && this.#typing.show(typing.user_id, typing.display_name),
			chat_list_updated: () => this.#attempt(() => this.#loadChats()),
			error: ({ message }) => this.#complain(message),
		});
		setInterval(() => this.#open && this.#attempt(() => this.#loadMembers()), presenceEvery);
	}

	/** What a lost connection may have missed comes over HTTP. */
	async #refresh() {
		await this.#loadChats();
		const key = this.#open?.key ?? this.#chats[0]?.key;
		if (key) await this.#choose(key);
	}

	async #loadChats() {
		this.#chats = chatsFrom(await get('chats'));
		this.#drawChats();
	}

	#drawChats() {
		const unread = this.#chats.reduce((sum, chat) => sum + chat.unread, 0);
		document.title = `${unread > 0 ? `(${unread}) ` : ''}Agent Club playground`;
		drawChats(this.#chats, this.#open?.key, (key) => this.#attempt(() => this.#choose(key)));
	}

	/** The server counts a chat as read while it is the one that was joined last. */
	async #choose(key) {
		const chat = this.#chats.find((candidate) => candidate.key === key);
		if (!chat) return;
		this.#open = chat;
		chat.unread = 0;
		this.#socket.emit('join_chat', this.#address());
		this.#typing.clear();
		this.#drawChats();
		closeDrawers();
		byId('chat-name').textContent = chat.name;
		byId('chat-note').textContent =
			chat.type === 'group' ? 'Group' : chat.isAgent ? 'Direct chat with an agent' : 'Direct chat';
		await Promise.all([this.#loadMessages(chat), this.#loadMembers()]);
		this.#composer.focus();
	}

	async #loadMessages(chat) {
		const live = [];
		this.#meanwhile.add(live);
		try {
			const messages = await this.#history(chat, '');
			if (chat !== this.#open) return;
			this.#messages.show(messages, messages.length === pageSize);
			for (const message of live) if (this.#isOpen(message)) this.#messages.append(message);
		} finally {
			this.#meanwhile.delete(live);
		}
	}

	async #showEarlier(before) {
		const chat = this.#open;
		const messages = await this.#history(chat, `&before=${before}`);
		if (chat === this.#open) this.#messages.prepend(messages, messages.length === pageSize);
	}

	/** The history has the mentions as JSON text, live messages as a list. */
	async #history({ type, id }, more) {
		const rows = await get(`messages/${type}/${encodeURIComponent(id)}?limit=${pageSize}${more}`);
		return rows.map((row) => ({ ...row, mentions: JSON.parse(row.mentions) }));
	}

	async #loadMembers() {
		const chat = this.#open;
		const members =
			chat.type === 'group'
				? await get(`groups/${encodeURIComponent(chat.id)}/members`)
				: await this.#pair(chat);
		if (chat !== this.#open) return;
		drawMembers(
			members,
			this.#self.id,
			chat.type === 'group' && ((id) => this.#attempt(() => this.#openDirect(id))),
		);
		const others = members.filter(({ id }) => id !== this.#self.id);
		const everybody = chat.type === 'group' ? [{ id: 'all', name: 'all', isAgent: false }] : [];
		const candidates = others.map(({ id, display_name, is_agent }) => ({
			id,
			name: display_name,
			isAgent: Boolean(is_agent),
		}));
		this.#composer.open([...candidates, ...everybody]);
	}

	async #pair(chat) {
		return (await get('users')).filter(({ id }) => id === chat.peerId || id === this.#self.id);
	}

	async #openDirect(userId) {
		const { id } = await post('directs', { user_id: userId });
		await this.#loadChats();
		await this.#choose(keyOf('direct', id));
	}

	#take(message) {
		this.#typing.stop(message.sender_id);
		for (const live of this.#meanwhile) live.push(message);
		if (this.#isOpen(message)) this.#messages.append(message);
		else this.#attempt(() => this.#loadChats());
	}

	#isOpen({ chat_type: type, chat_id: id }) {
		return this.#open?.key === keyOf(type, id);
	}

	#address() {
		return { chat_type: this.#open.type, chat_id: this.#open.id };
	}

	/**
	 * Servers of the newest generation answer with a verdict, older ones with an `error` event before
	 * an empty answer.
	 */
	async #send(fields) {
		this.#complain('');
		const frame = { ...this.#address(), ...fields };
		const verdict = await this.#socket
			.timeout(answerWithin)
			.emitWithAck('send_message', frame)
			.catch(() => {
				throw new Error(
					'The server gave no answer. Look whether the message is there before you send it again.',
				);
			});
		if (verdict?.ok === false) throw new Error(verdict.error);
	}

	/** One after the other: the server keeps no order among sends that run at the same time. */
	async #sendFiles(files) {
		for (const file of files) {
			const { url, content_type } = await upload(file);
			await this.#send({ content_type, file_url: url, file_name: file.name });
		}
	}

	#attempt(action) {
		action().catch((error) => this.#complain(error.message));
	}

	#complain(text) {
		byId('problem').textContent = text;
		byId('problem').hidden = text === '';
	}
}

async function start() {
	const self = (await get('me')) ?? (await logIn());
	byId('self').textContent = self.display_name;
	byId('club').hidden = false;
	byId('switch').addEventListener('click', async () => {
		byId('club').hidden = true;
		await logIn();
		location.reload();
	});
	// A second window may have logged in as somebody else: they share the cookie.
	document.addEventListener('visibilitychange', async () => {
		const current = document.hidden ? self : await get('me').catch(() => self);
		if (current?.id !== self.id) location.reload();
	});
	setUpDrawers();
	return new ClubPage(self);
}

await start();
