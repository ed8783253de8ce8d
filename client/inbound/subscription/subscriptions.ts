import type { Chat } from '../../protocol/chat';
import type { Message } from '../../protocol/message';
import type { Subscription } from './subscription';

/** The triggers that an inbox works for. */
export class Subscriptions extends Set<Subscription> {
	/** Whether one has no running life: n8n is closing it. */
	get isOneClosing(): boolean {
		for (const { current } of this) if (!current) return true;
		return false;
	}

	/** Whether somebody listens to the chat, or still works on this message of it. */
	isHeard(chat: Chat, id = ''): boolean {
		for (const subscription of this) if (isHeardBy(subscription, chat, id)) return true;
		return false;
	}

	/** Whether the message is being worked on, or has been. */
	know(id: string): boolean {
		for (const { holdings } of this) if (holdings.get(id)) return true;
		return false;
	}

	/** Those who do, one after the other. */
	forListeners(chat: Chat, id: string, tell: (listener: Subscription) => void): void {
		for (const subscription of this) if (isHeardBy(subscription, chat, id)) tell(subscription);
	}

	identified(agentId: string): void {
		for (const subscription of this) subscription.identified(agentId);
	}
	firstBatchOver(): void {
		for (const subscription of this) subscription.firstBatchOver();
	}
	seeOwn(message: Message): void {
		for (const subscription of this) subscription.seeOwn(message);
	}
	seeTyping(chat: Chat, userId: string): void {
		for (const subscription of this) subscription.seeTyping(chat, userId);
	}
	/** The ids that at least one of them has dropped. */
	dropWaiting(chat: Chat): Set<string> {
		return new Set([...this].flatMap((subscription) => subscription.dropWaiting(chat)));
	}
}

function isHeardBy(subscription: Subscription, chat: Chat, id: string): boolean {
	return subscription.listensTo(chat) || subscription.holdings.holds(id);
}
