import { randomUUID } from 'node:crypto';
import type { ChatAddress, ClubAgent } from '../../playground/club/club';
import { actionNode, chain, node, triggerNode } from '../../playground/host/workflow-json';
import { BrowserSession } from '../../test/support/browser-session';
import { RealClub } from '../../test/support/real-club';
import { N8nUnderClock } from './n8n-under-clock';
import { Partner } from './parts';
import { bareSocket } from './receivers';

/** ms until an answer counts as missing. */
const PATIENCE = 60_000;
/** ms until our trigger has judged its first batch and takes what comes at once. */
const FIRST_BATCH = 3000;

export interface BridgeRequest {
	readonly url: string;
	readonly token: string;
	readonly userId: string;
	/** n8n's address that answers. */
	readonly webhook: string;
}

interface Frame {
	readonly id: string;
	readonly sender_id: string;
	readonly chat_type: string;
	readonly chat_id: string;
	readonly content: string;
}

/**
 * What people write without the package, in a process of its own. Its socket posts each message to
 * a webhook of n8n, sends the answer back, and marks the message as read.
 */
export function bridge(): (request: BridgeRequest) => Promise<void> {
	return async ({ url, token, userId, webhook }) => {
		const socket = await bareSocket(url, token);
		const answer = async ({ id, sender_id, chat_type, chat_id, content }: Frame) => {
			if (sender_id === userId) return;
			const response = await fetch(webhook, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ content, chat_id }),
			});
			const { text } = (await response.json()) as { text: string };
			await socket.emitWithAck('send_message', { chat_type, chat_id, content: text });
			socket.emit('mark_read', { message_ids: [id] });
		};
		socket.on('new_message', (frame: Frame) => {
			void answer(frame);
		});
	};
}

/** Somebody with the page open. */
export class Writer {
	private constructor(
		readonly userId: string,
		private readonly session: BrowserSession,
		private readonly socket: ReturnType<BrowserSession['socket']>,
	) {}

	static async register(club: RealClub, name: string): Promise<Writer> {
		const form = { username: name, display_name: name, password: 'everybody-has-this-one' };
		const session = await BrowserSession.open(club.url, 'register', form);
		const socket = session.socket();
		const connected = new Promise<void>((resolve) =>
			socket.once('connect', () => {
				resolve();
			}),
		);
		socket.connect();
		await connected;
		return new Writer(session.userId, session, socket);
	}

	async openDirect(agent: ClubAgent): Promise<ChatAddress> {
		const answer = await this.session.request('POST', '/api/direct-chats', { user_id: agent.id });
		return { type: 'direct', id: (answer as { id: string }).id };
	}

	async openGroup(agent: ClubAgent, name: string): Promise<ChatAddress> {
		const group = await this.session.request('POST', '/api/groups', { name });
		const { id } = group as { id: string };
		await this.session.request('POST', `/api/groups/${id}/members`, { user_id: agent.id });
		return { type: 'group', id };
	}

	/**
	 * Says something to the agent and waits until its answer is on the page.
	 *
	 * @returns ms
	 * @throws Error where no answer comes
	 */
	async ask(chat: ChatAddress, agent: ClubAgent): Promise<number> {
		const answered = new Promise<number>((resolve, reject) => {
			const giveUp = setTimeout(() => {
				this.socket.off('new_message', hear);
				reject(new Error(`no answer of ${agent.username} within ${PATIENCE} ms`));
			}, PATIENCE);
			const hear = (frame: Frame) => {
				if (frame.chat_id !== chat.id || frame.sender_id !== agent.id) return;
				clearTimeout(giveUp);
				this.socket.off('new_message', hear);
				resolve(performance.now());
			};
			this.socket.on('new_message', hear);
		});
		const began = performance.now();
		this.socket.emit('send_message', {
			chat_type: chat.type,
			chat_id: chat.id,
			content: `<at user_id="${agent.id}">${agent.displayName}</at> What is the soup of the day?`,
			mentions: [agent.id],
		});
		return (await answered) - began;
	}

	close(): void {
		this.socket.disconnect();
	}
}

/** An agent, and the workflow that answers for it. */
export interface Side {
	readonly name: 'ours' | 'the bridge';
	readonly agent: ClubAgent;
	readonly workflowId: string;
}

const ANSWER = 'Lentils, and there is some left.';

/** One released server, one n8n, and two agents in it that answer the same, each in its way. */
export class ReplyScene {
	private constructor(
		readonly club: RealClub,
		readonly host: N8nUnderClock,
		readonly sides: readonly [ours: Side, bridge: Side],
		private readonly partner: Partner<BridgeRequest>,
	) {}

	static async start(): Promise<ReplyScene> {
		const club = await RealClub.start({ version: 'latest' });
		const host = await N8nUnderClock.start();
		const partner = Partner.start<BridgeRequest>('bridge');
		const { rest, publish } = await host.publisher();
		const [agent, bridged] = [await club.addAgent('ours'), await club.addAgent('bridged')];
		const credential = await rest.createCredential('Club', 'agentClubApi', {
			serverUrl: club.url,
			agentToken: agent.token,
		});
		const ours = await publish(
			chain('ours', [
				triggerNode(credential, { allowFrom: ['*'], allowFromKind: ['human'], options: {} }),
				actionNode(credential, {
					resource: 'message',
					operation: 'send',
					sendTo: 'triggeringChat',
					text: ANSWER,
					options: {},
				}),
			]),
		);
		const path = randomUUID();
		const theirs = await publish(
			chain('bridge', [
				node(
					'Webhook',
					'n8n-nodes-base.webhook',
					{ httpMethod: 'POST', path, responseMode: 'lastNode', options: {} },
					{ typeVersion: 2, webhookId: path } as never,
				),
				node(
					'Answer',
					'n8n-nodes-base.set',
					{ mode: 'raw', jsonOutput: JSON.stringify({ text: ANSWER }), options: {} },
					{ typeVersion: 3.4 },
				),
			]),
		);
		await partner.ask({
			url: club.url,
			token: bridged.token,
			userId: bridged.id,
			webhook: `${host.n8n.address}/webhook/${path}`,
		});
		await new Promise((resolve) => setTimeout(resolve, FIRST_BATCH));
		const sides: [Side, Side] = [
			{ name: 'ours', agent, workflowId: ours },
			{ name: 'the bridge', agent: bridged, workflowId: theirs },
		];
		return new ReplyScene(club, host, sides, partner);
	}

	async stop(): Promise<void> {
		await this.partner.stop();
		await this.host.stop();
		await this.club.stop();
	}
}
