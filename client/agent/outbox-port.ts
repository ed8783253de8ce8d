import type { AgentHttp } from '../http/agent-http';
import type { OutboxPort } from '../outbound/outbox';

/** What the outbox asks over HTTP: the history of a chat, and whether it is one of the agent's. */
export function historyPort(http: AgentHttp): Pick<OutboxPort, 'recentHistory' | 'isMember'> {
	return {
		recentHistory: (chat, before) => http.history(chat, before === undefined ? {} : { before }),
		async isMember(chat) {
			const { groups, directs } = await http.chats();
			// Compares the type too. The oldest servers store a send to a group's id under "direct" as
			// another chat, which nobody sees (`test/client/sending.test.ts`).
			return (chat.type === 'group' ? groups : directs).some((known) => known.id === chat.id);
		},
	};
}
