import type { Message } from '../../protocol/message';

/** Looks at live messages without being a trigger: the editor's "Execute step". */
export interface Observer {
	/** Answers whether it takes the message. */
	see(message: Message, selfId: string): boolean;
}

export class Observers {
	private readonly observers = new Set<Observer>();

	/** The returned function ends the observation. */
	add(observer: Observer): () => void {
		this.observers.add(observer);
		return () => this.observers.delete(observer);
	}

	/** Whether an observer takes the message; all see it until one does. */
	take(message: Message, selfId: string): boolean {
		for (const observer of this.observers) if (observer.see(message, selfId)) return true;
		return false;
	}
}
