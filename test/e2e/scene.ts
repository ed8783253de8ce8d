import type { ChatAddress, ClubAgent, ClubUser } from '../../playground/club/club';
import type { NodeJson } from '../../playground/host/n8n-types';
import {
	actionNode,
	type CredentialReference,
	triggerNode,
} from '../../playground/host/workflow-json';
import { N8nFixture } from '../support/n8n-fixture';
import { RealClub } from '../support/real-club';
import { Watcher } from '../support/watcher';

/** ms: the first start on a machine installs n8n and the server. */
export const START_WITHIN = 30 * 60_000;

/** ms for a test: on a busy machine three starts of n8n took longer than 180 s. */
jest.setTimeout(360_000);

/**
 * An agent with its credential in n8n, a group with it and a person, and that person's open page.
 */
export interface Cast {
	readonly agent: ClubAgent;
	readonly credential: CredentialReference;
	readonly mia: ClubUser;
	readonly group: ChatAddress;
	readonly direct: ChatAddress;
	readonly page: Watcher;
}

/** A real n8n and a real Agent Club for the tests of one file; each test has a cast of its own. */
export class Scene {
	private casts = 0;
	private readonly pages: Watcher[] = [];

	private constructor(
		readonly club: RealClub,
		readonly host: N8nFixture,
	) {}

	/** @throws Unavailable without Python, or where the server cannot be installed */
	static async start(env: Record<string, string> = {}): Promise<Scene> {
		const club = await RealClub.start({ version: 'latest' });
		return new Scene(club, await N8nFixture.start(env));
	}

	async stop(): Promise<void> {
		for (const page of this.pages) page.close();
		await this.host.stop();
		await this.club.stop();
	}

	async cast(): Promise<Cast> {
		this.casts += 1;
		const suffix = String(this.casts);
		const agent = await this.club.addAgent(`bot${suffix}`, `Bot ${suffix}`);
		const mia = await this.club.addHuman(`mia${suffix}`, `Mia ${suffix}`);
		const group = await this.club.addGroup(`Team ${suffix}`, [mia.id, agent.id]);
		const direct = await this.club.openDirect(mia.id, agent.id);
		const page = await this.club.watch(mia.id);
		this.pages.push(page);
		const credential = await this.host.credential(
			{ serverUrl: ` ${this.club.url}/ `, agentToken: agent.token },
			`Club ${suffix}`,
		);
		return { agent, credential, mia, group, direct, page };
	}
}

/** Starts a scene for the tests of the file and ends it after them. */
export function useScene(): () => Scene {
	let scene: Scene | undefined;
	beforeAll(async () => {
		scene = await Scene.start();
	}, START_WITHIN);
	afterAll(async () => {
		await scene?.stop();
	}, 60_000);
	return () => {
		if (!scene) throw new Error('The scene has not been started');
		return scene;
	};
}

/** A trigger that lets every human through, unless told otherwise. */
export function openTrigger(
	credential: CredentialReference,
	options: Record<string, unknown> = {},
	parameters: Record<string, unknown> = {},
): NodeJson {
	return triggerNode(credential, {
		allowFrom: ['*'],
		allowFromKind: ['human'],
		requireMention: true,
		acknowledge: 'onCompletion',
		options,
		...parameters,
	});
}

/** Sends to the chat that started the workflow. */
export function replyNode(
	credential: CredentialReference,
	text: string,
	options: Record<string, unknown> = {},
): NodeJson {
	return actionNode(credential, {
		resource: 'message',
		operation: 'send',
		sendTo: 'triggeringChat',
		text,
		options,
	});
}

/** A mention as people write it: the tag in the text, and the id beside it. */
export function mention(user: ClubUser, words: string): { content: string; mentions: string[] } {
	return {
		content: `<at user_id="${user.id}">${user.displayName}</at> ${words}`,
		mentions: [user.id],
	};
}

/** Matches any text with this in it. */
export function containing(text: string): unknown {
	return expect.stringContaining(text);
}

/** Downloads the first attachment of an item into its binary field "again". */
export function downloadNode(credential: CredentialReference): NodeJson {
	return actionNode(
		credential,
		{
			resource: 'file',
			operation: 'download',
			url: '={{ $json.attachments[0].url }}',
			binaryPropertyName: 'again',
			options: {},
		},
		'Download',
	);
}
