import { setTimeout as sleep } from 'node:timers/promises';
import type { ChatAddress, StoredMessage, Utterance } from '../../playground/club/club';

/**
 * A person in a chat with an agent, who talks without end. One person a chat, so that the order in
 * which they write is the chat's.
 */
export interface Speaker {
	/** The agent that is spoken to. */
	readonly agentId: string;
	readonly chat: ChatAddress;
	readonly personId: string;
	/** Begins every text, and is in no other chat's. */
	readonly name: string;
	/** Makes of the words what is sent; a mention of the agent for instance. */
	utter(words: string): Utterance;
}

/** A message of the talk, as the server stored it. */
export interface Said {
	readonly speaker: Speaker;
	/** The words as the speaker meant them; `stored.content` may have a mention before them. */
	readonly words: string;
	readonly stored: StoredMessage;
}

/** A steady stream of messages into several chats, until it is stopped. */
export class Talk {
	readonly said: Said[] = [];
	private readonly stopping = new AbortController();
	private readonly loops: Promise<void>[];

	/**
	 * @param say resolves with what was stored; its failure ends the talk, and `stop` throws it
	 * @param pause ms until a speaker's next message
	 */
	constructor(
		speakers: readonly Speaker[],
		private readonly say: (speaker: Speaker, utterance: Utterance) => Promise<StoredMessage>,
		private readonly pause: () => number,
	) {
		this.loops = speakers.map((speaker) => this.speak(speaker));
		// Thrown by stop(); until then nobody listens.
		for (const loop of this.loops)
			loop.catch(() => {
				this.stopping.abort();
			});
	}

	/** Resolves when what was being said has been stored. */
	async stop(): Promise<void> {
		this.stopping.abort();
		await Promise.all(this.loops);
	}

	private async speak(speaker: Speaker): Promise<void> {
		for (let count = 1; !this.stopping.signal.aborted; count++) {
			const words = `${speaker.name} ${count}`;
			this.said.push({ speaker, words, stored: await this.say(speaker, speaker.utter(words)) });
			await sleep(this.pause(), undefined, { signal: this.stopping.signal }).catch(() => undefined);
		}
	}
}
