import type { SubscriptionSettings } from '../../client/inbound/trigger-port';
import type { MessageRecord } from '../../playground/club/records';

/**
 * What a trigger with these settings does with a person's message, by the words of
 * docs/reference.md.
 */
export function wants(
	{ filter }: SubscriptionSettings,
	message: MessageRecord,
	agentId: string,
): 'runs' | 'skips' | 'elsewhere' {
	const { chats, allowFrom, allowFromKind, requireMention } = filter;
	if (chats.size > 0 && !chats.has(message.chatId)) return 'elsewhere';
	const allowed = (list: ReadonlySet<string>, value: string) => list.has('*') || list.has(value);
	if (!allowed(allowFrom, message.senderId) || !allowed(allowFromKind, 'human')) return 'skips';
	const isAddressed =
		message.chatType === 'direct' ||
		message.mentions.includes(agentId) ||
		message.mentions.includes('all');
	if (requireMention && !isAddressed) return 'skips';
	return (message.content ?? '').trim() === '' && !message.fileUrl ? 'skips' : 'runs';
}
