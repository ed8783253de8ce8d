import type { Clock, Timer } from '../clock';
import { type Chat, chatKey } from '../protocol/chat';

/**
 * The server's page hides the indicator 3 s after the last event, so it is repeated a little more
 * often (ms).
 */
const REPEAT = 2500;
/**
 * ms without the indicator after a message of the agent: what a workflow tidies up after its answer
 * would look like a second answer.
 */
const QUIET_AFTER_MESSAGE = 5000;

/** What is shown in one chat. */
interface Shown {
	claims: number;
	/** Ends the claims that last until the agent's next message. */
	readonly endings: Set<() => void>;
	timer: Timer | undefined;
}

/** Shows in each chat that the agent is typing, as long as somebody there is being worked for. */
export class TypingIndicator {
	/** By the chat's key. */
	private readonly busy = new Map<string, Shown>();

	constructor(
		private readonly clock: Clock,
		private readonly send: (chat: Chat) => void,
	) {}

	/**
	 * Starts (or keeps) the indicator; the returned function ends this claim on it, once. The first
	 * event goes out after the code that runs now, so that the execution does not wait for it.
	 */
	show(chat: Chat): () => void {
		const key = chatKey(chat);
		const state = this.busy.get(key) ?? { claims: 0, endings: new Set(), timer: undefined };
		this.busy.set(key, state);
		state.claims += 1;
		if (state.claims === 1) this.sendAfter(0, state, chat);
		let shown = true;
		return () => {
			if (!shown) return;
			shown = false;
			state.claims -= 1;
			if (state.claims > 0) return;
			state.timer?.cancel();
			this.busy.delete(key);
		};
	}

	/** The same, but the agent's next message in the chat ends it too. */
	showUntilMessage(chat: Chat): () => void {
		const stop = this.show(chat);
		const endings = this.busy.get(chatKey(chat))?.endings;
		const end = () => {
			endings?.delete(end);
			stop();
		};
		endings?.add(end);
		return end;
	}

	/** The agent has written in the chat, from this process or another one. */
	messageSent(chat: Chat): void {
		const state = this.busy.get(chatKey(chat));
		if (!state) return;
		for (const end of state.endings) end();
		if (state.claims === 0) return;
		state.timer?.cancel();
		this.sendAfter(QUIET_AFTER_MESSAGE, state, chat);
	}

	private sendAfter(ms: number, state: Shown, chat: Chat): void {
		const send = () => {
			this.send(chat);
			this.sendAfter(REPEAT, state, chat);
		};
		state.timer = this.clock.after(ms, send, { background: true });
	}
}
