import type { AgentHttp } from '../http/agent-http';
import type { OutboxPort } from '../outbound/outbox';

/** What the outbox asks over HTTP: the history of a chat, and whether it is one of the agent's. */
export function historyPort(http: AgentHttp): Pick<OutboxPort, 'recentHistory' | 'isMember'> {
	return {
		recentHistory: (chat) => http.history(chat),
		async isMember(chat) {
			const { groups, directs } = await http.chats();
			return [...groups, ...directs].some((known) => known.id === chat.id);
		},
	};
}
