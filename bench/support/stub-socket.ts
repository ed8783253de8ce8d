import type { SocketOpener } from '../../client/connection/attempt';
import type { SocketHandlers } from '../../client/connection/wire';
import { AGENT_ID } from './flood-server';

/**
 * A connection without a network: what is said on it arrives at once, and every request is answered
 * at once.
 */
export class StubSocket {
	marked = 0;
	private handlers: SocketHandlers | undefined;

	readonly open: SocketOpener = (_credentials, _transports, _clock, handlers) => {
		this.handlers = handlers;
		// As over a network, nothing comes before the opener has returned.
		queueMicrotask(() => {
			handlers.frame('auth_ok', {
				user_id: AGENT_ID,
				display_name: 'Bench',
				role: 'agent',
				is_agent: 1,
				heartbeat_interval: 60,
			});
			handlers.frame('offline_messages', []);
			handlers.connected();
		});
		return {
			cast: () => undefined,
			beat: (answered) => {
				answered();
			},
			request: (_event, payload) => {
				this.marked +=
					(payload as { message_ids?: readonly string[] } | undefined)?.message_ids?.length ?? 0;
				return Promise.resolve([]);
			},
			bytesRead: () => 0,
			isOpen: () => true,
			close: () => undefined,
		};
	};

	say(message: unknown): void {
		this.handlers?.frame('new_message', message);
	}
}
