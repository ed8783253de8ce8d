import type { AgentContext } from '../../client/inbound/item/prepare';
import { Directory } from '../../client/inbound/item/directory';
import { Inbox } from '../../client/inbound/inbox';
import { Subscription } from '../../client/inbound/subscription/subscription';
import { Slots } from '../../client/slots';
import { decodeMessage, type Message } from '../../client/protocol/message';
import { FakeClock, settled } from './fake-clock';
import { FakeInboxPort } from './fake-inbox-port';
import { RecordedLogger } from './recorded-logger';
import { AGENT, frame, identityOf, historyPage } from './sample-messages';
import { ScriptedTrigger, type SettingsChange } from './scripted-trigger';

/** An inbox with its triggers, on a connection that the test plays. */
export class InboxScene {
	readonly clock = new FakeClock();
	readonly logger = new RecordedLogger();
	readonly port = new FakeInboxPort();
	/** What all triggers together may have at n8n. */
	readonly n8nSlots = new Slots(Number.POSITIVE_INFINITY);
	readonly inbox = new Inbox(this.clock, this.logger, this.port);

	/** What the chats' history answers, oldest first. */
	history: readonly Message[] = [];

	/** A trigger that has just been activated. */
	join(
		change: SettingsChange = {},
		key = 'workflow:node:trigger',
	): { trigger: ScriptedTrigger; subscription: Subscription } {
		const subscription = new Subscription(key, this.clock, this.logger, this.n8nSlots);
		return { trigger: this.activate(subscription, change), subscription };
	}

	/** The next life of a trigger. */
	activate(subscription: Subscription, change: SettingsChange = {}): ScriptedTrigger {
		const trigger = new ScriptedTrigger(change);
		subscription.attach(trigger);
		this.inbox.join(subscription);
		return trigger;
	}

	/**
	 * A whole handshake as the oldest servers do it: the batch, then the identity, then the barrier.
	 */
	async connect(...backlog: unknown[]): Promise<void> {
		this.inbox.opening();
		if (backlog.length > 0) this.inbox.offline(backlog);
		this.inbox.identified(this.context());
		this.inbox.ready();
		await settled();
	}

	/** The connection breaks, and the next one brings this. */
	async reconnect(...backlog: unknown[]): Promise<void> {
		this.inbox.lost();
		await this.clock.advance(1000);
		await this.connect(...backlog);
	}

	/** A connected inbox with one trigger, its first batch behind it. */
	async started(
		change: SettingsChange = {},
		...backlog: unknown[]
	): Promise<{ trigger: ScriptedTrigger; subscription: Subscription }> {
		const joined = this.join(change);
		await this.connect(...backlog);
		await this.clock.advance(2000);
		return joined;
	}

	/** A live message. */
	async hears(id: string, overrides: Readonly<Record<string, unknown>> = {}): Promise<void> {
		await this.hearsFrame(frame(id, overrides));
	}

	async hearsFrame(raw: unknown): Promise<void> {
		this.inbox.live(decodeMessage(raw));
		await settled();
	}

	context(agentId = AGENT): AgentContext {
		const source = {
			chats: () => Promise.resolve({ groups: [], directs: [] }),
			members: () => Promise.resolve([]),
		};
		return {
			identity: identityOf(agentId),
			clock: this.clock,
			history: (_chat, { before = Number.POSITIVE_INFINITY }) => {
				const older = this.history.filter(({ createdAt }) => createdAt < before);
				return Promise.resolve(historyPage(older.slice(-100)));
			},
			past: (_chat, { after = 0, before = Number.POSITIVE_INFINITY, limit }) =>
				Promise.resolve(
					this.history
						.filter(({ createdAt }) => createdAt > after && createdAt < before)
						.slice(-limit),
				),
			directory: new Directory(source, this.clock, this.logger),
			files: {
				address: (url) => ({ url, onServer: true }),
				open: () => Promise.reject(new Error('no files here')),
			},
		};
	}
}
