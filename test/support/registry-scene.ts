import { systemPlatform } from '../../client/agent/platform';
import { type AgentRegistry, makeRegistry } from '../../client/agent/registry';
import { CONNECTION_POLICY } from '../../client/connection/policy';
import type { HttpClient } from '../../client/http/http-client';
import { FakeClock, settled } from './fake-clock';
import { type FakeSocket, FakeSockets } from './fake-socket';
import { RecordedLogger } from './recorded-logger';
import { credentialsOf } from './sample-credentials';
import { frame, saidAt } from './sample-messages';
import { ScriptedTrigger, type SettingsChange } from './scripted-trigger';

function nobodyAnswers(): Promise<never> {
	return Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
}

/** The agents of a process, on sockets that the test plays. */
export class RegistryScene {
	readonly clock = new FakeClock();
	readonly sockets = new FakeSockets();
	readonly logger = new RecordedLogger();
	readonly registry: AgentRegistry;

	/** @param send answers the agents' HTTP requests */
	constructor(send: HttpClient['send'] = nobodyAnswers) {
		this.registry = makeRegistry({
			...systemPlatform,
			clock: this.clock,
			policy: { ...CONNECTION_POLICY, chance: () => 0 },
			openSocket: this.sockets.open,
			makeHttpClient: () => ({ send, close: () => undefined }),
		});
	}

	/** A trigger that has just been activated. */
	run(change: SettingsChange = {}, { place = 'w:n:trigger', token = 'sk_agt_secret' } = {}) {
		const trigger = new ScriptedTrigger(change);
		trigger.currentCredentials = credentialsOf(token);
		const running = this.registry.run(place, trigger, trigger.currentCredentials, this.logger);
		return {
			trigger,
			running,
			close: () => {
				void running.close();
				return settled();
			},
		};
	}

	async connect(): Promise<void> {
		await settled();
		this.sockets.last.answersHeartbeats = true;
		await this.sockets.last.accept();
		await this.clock.advance(2000);
	}

	/** The latest connection with this token that is open. */
	socketOf(token: string): FakeSocket {
		const found = this.sockets.sockets.findLast(
			({ closed, credentials }) => !closed && credentials.token === token,
		);
		if (!found) throw new Error(`no connection is open with ${token}`);
		return found;
	}

	/** The server lets the connection with this token in, as this agent, with what is unread. */
	async lets(token: string, agentId: string, ...backlog: unknown[]): Promise<void> {
		await settled();
		const socket = this.socketOf(token);
		socket.answersHeartbeats = true;
		socket.authOk({ user_id: agentId });
		if (backlog.length > 0) socket.handlers.frame('offline_messages', backlog);
		socket.handlers.connected();
		await settled();
		await this.clock.advance(2000);
	}

	/** A live message on the connection with this token. */
	async tells(token: string, id: string, seconds = 0): Promise<void> {
		this.socketOf(token).handlers.frame('new_message', frame(id, saidAt(seconds)));
		await settled();
	}

	/** The ids that were marked under this token. */
	markedWith(token: string): unknown[] {
		return this.sockets.sockets
			.filter(({ credentials }) => credentials.token === token)
			.flatMap((socket) => socket.all('mark_read'))
			.flatMap(({ payload }) => (payload as { message_ids: unknown[] }).message_ids);
	}

	/** The tokens of the connections that are open. */
	get tokens(): string[] {
		return this.sockets.sockets
			.filter(({ closed }) => !closed)
			.map(({ credentials }) => credentials.token);
	}

	async hears(id: string, seconds = 0): Promise<void> {
		this.sockets.last.handlers.frame('new_message', frame(id, saidAt(seconds)));
		await settled();
	}

	get marked(): unknown[] {
		return this.sockets.sockets.flatMap((socket) =>
			socket
				.all('mark_read')
				.map(({ payload }) => (payload as { message_ids: unknown }).message_ids),
		);
	}
}
