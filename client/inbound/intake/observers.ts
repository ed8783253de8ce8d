import type { Message } from '../../protocol/message';

/** Looks at live messages without being a trigger: the editor's "Execute step". */
export interface Observer {
	/** Answers whether it takes the message. */
	see(message: Message, selfId: string): boolean;
}

export class Observers {
	private observers: readonly Observer[] = [];

	/** The returned function ends the observation. */
	add(observer: Observer): () => void {
		this.observers = [...this.observers, observer];
		return () => {
			this.observers = this.observers.filter((each) => each !== observer);
		};
	}

	/** The observer that takes the message; all see it until one does. */
	takerOf(message: Message, selfId: string): Observer | undefined {
		for (const observer of this.observers) if (observer.see(message, selfId)) return observer;
		return undefined;
	}
}
