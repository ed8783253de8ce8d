import type { Chat } from '../../protocol/chat';
import type { Message } from '../../protocol/message';
import type { Subscription } from './subscription';

/** The triggers that an inbox works for. */
export class Subscriptions {
	private readonly members = new Set<Subscription>();

	get size(): number {
		return this.members.size;
	}

	/** Whether one has no running life: n8n is closing it. */
	get isOneClosing(): boolean {
		for (const { current } of this.members) if (!current) return true;
		return false;
	}

	[Symbol.iterator](): Iterator<Subscription> {
		return this.members.values();
	}

	has(member: Subscription): boolean {
		return this.members.has(member);
	}
	add(member: Subscription): void {
		this.members.add(member);
	}
	delete(member: Subscription): boolean {
		return this.members.delete(member);
	}

	/** Whether somebody listens to the chat, or still works on this message of it. */
	hear(chat: Chat, id = ''): boolean {
		for (const member of this.members) if (isHeardBy(member, chat, id)) return true;
		return false;
	}

	/** Whether the message is being worked on, or has been. */
	know(id: string): boolean {
		for (const { holdings } of this.members) if (holdings.get(id)) return true;
		return false;
	}

	/** Those who do, one after the other. */
	forListeners(chat: Chat, id: string, tell: (listener: Subscription) => void): void {
		for (const member of this.members) if (isHeardBy(member, chat, id)) tell(member);
	}

	identified(agentId: string): void {
		for (const member of this.members) member.identified(agentId);
	}
	firstBatchOver(): void {
		for (const member of this.members) member.firstBatchOver();
	}
	seeOwn(message: Message): void {
		for (const member of this.members) member.seeOwn(message);
	}
	seeTyping(chat: Chat, userId: string): void {
		for (const member of this.members) member.seeTyping(chat, userId);
	}
	/** The ids that at least one of them has dropped. */
	dropWaiting(chat: Chat): Set<string> {
		return new Set([...this.members].flatMap((member) => member.dropWaiting(chat)));
	}
}

function isHeardBy(member: Subscription, chat: Chat, id: string): boolean {
	return member.listensTo(chat) || member.holdings.holds(id);
}
