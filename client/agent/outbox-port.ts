import type { AgentHttp } from '../http/agent-http';
import type { OutboxPort } from '../outbound/outbox';

/** What the outbox asks over HTTP: the history of a chat, and whether it is one of the agent's. */
export function historyPort(http: AgentHttp): Pick<OutboxPort, 'recentHistory' | 'isMember'> {
	return {
		recentHistory: (chat, before) => http.history(chat, before === undefined ? {} : { before }),
		async isMember(chat) {
			const { groups, directs } = await http.chats();
			// By its type too: the oldest servers keep a group's id under "direct" as a chat of its own,
			// which nobody sees (measured).
			return (chat.type === 'group' ? groups : directs).some((known) => known.id === chat.id);
		},
	};
}
