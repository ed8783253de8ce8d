import type { Chat } from '../../protocol/chat';
import type { Message } from '../../protocol/message';
import type { Subscription } from './subscription';

/** The triggers that an inbox works for. */
export class Subscriptions {
	private readonly subscriptions = new Set<Subscription>();

	get size(): number {
		return this.subscriptions.size;
	}

	/** Whether one has no running life: n8n is closing it. */
	get isOneClosing(): boolean {
		for (const { current } of this.subscriptions) if (!current) return true;
		return false;
	}

	[Symbol.iterator](): Iterator<Subscription> {
		return this.subscriptions.values();
	}

	has(subscription: Subscription): boolean {
		return this.subscriptions.has(subscription);
	}
	add(subscription: Subscription): void {
		this.subscriptions.add(subscription);
	}
	delete(subscription: Subscription): boolean {
		return this.subscriptions.delete(subscription);
	}

	/** Whether somebody listens to the chat, or still works on this message of it. */
	isHeard(chat: Chat, id = ''): boolean {
		for (const subscription of this.subscriptions)
			if (isHeardBy(subscription, chat, id)) return true;
		return false;
	}

	/** Whether the message is being worked on, or has been. */
	know(id: string): boolean {
		for (const { holdings } of this.subscriptions) if (holdings.get(id)) return true;
		return false;
	}

	/** Those who do, one after the other. */
	forListeners(chat: Chat, id: string, tell: (listener: Subscription) => void): void {
		for (const subscription of this.subscriptions)
			if (isHeardBy(subscription, chat, id)) tell(subscription);
	}

	identified(agentId: string): void {
		for (const subscription of this.subscriptions) subscription.identified(agentId);
	}
	firstBatchOver(): void {
		for (const subscription of this.subscriptions) subscription.firstBatchOver();
	}
	seeOwn(message: Message): void {
		for (const subscription of this.subscriptions) subscription.seeOwn(message);
	}
	seeTyping(chat: Chat, userId: string): void {
		for (const subscription of this.subscriptions) subscription.seeTyping(chat, userId);
	}
	/** The ids that at least one of them has dropped. */
	dropWaiting(chat: Chat): Set<string> {
		return new Set(
			[...this.subscriptions].flatMap((subscription) => subscription.dropWaiting(chat)),
		);
	}
}

function isHeardBy(subscription: Subscription, chat: Chat, id: string): boolean {
	return subscription.listensTo(chat) || subscription.holdings.holds(id);
}
