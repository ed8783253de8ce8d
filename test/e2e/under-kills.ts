import { setTimeout as sleep } from 'node:timers/promises';
import type { ChatAddress, ClubAgent, StoredMessage, Utterance } from '../../playground/club/club';
import { eventually } from '../support/eventually';
import type { Said, Speaker } from '../support/talk';
import { unreadOf } from '../support/unread';
import { mention, type Scene } from './scene';

/** What the tests that kill n8n or the server have in common. */

/**
 * ms: a person finds the server again after it was killed; everything is worked off after the last
 * kill.
 */
const SAID_WITHIN = 60_000;
const QUIET_WITHIN = 180_000;

/** A published workflow and the agent that it listens with. */
export interface Listener {
	readonly name: string;
	readonly agent: ClubAgent;
	readonly workflowId: string;
}

/** Says how to bring the same moments back. */
export function tellSeed(test: string, seed: number): void {
	process.stdout.write(
		`${test}: seed ${seed} (AGENTCLUB_SEED and AGENTCLUB_KILLS bring the same moments back)\n`,
	);
}

/** What was seen from outside when a process had just died, or had come back. */
export interface Death {
	/** ms since 1970. */
	readonly at: number;
	/** The contents of what the server held for unread then, by agent id. */
	readonly unread: ReadonlyMap<string, ReadonlySet<string>>;
}

/** A person who writes to the agent; in a group each message mentions it. */
export function speakerTo(
	agent: ClubAgent,
	name: string,
	personId: string,
	chat: ChatAddress,
): Speaker {
	return {
		name,
		agentId: agent.id,
		personId,
		chat,
		utter: (words) => (chat.type === 'direct' ? { content: words } : mention(agent, words)),
	};
}

/**
 * Says it once, however often the server is killed or busy meanwhile: a message of unknown fate is
 * looked for in the history.
 */
export async function sayOnce(
	scene: Scene,
	{ personId, chat }: Speaker,
	utterance: Utterance,
): Promise<StoredMessage> {
	let isFirst = true;
	return await eventually(
		`"${String(utterance.content)}" to be said`,
		async () => {
			try {
				const there = isFirst
					? undefined
					: (await scene.club.history(personId, chat)).find(
							({ content }) => content === utterance.content,
						);
				isFirst = false;
				return there ?? (await scene.club.say(personId, chat, utterance));
			} catch {
				// Tried again: the server is down, or does not answer (SQLite locked).
				return undefined;
			}
		},
		SAID_WITHIN,
	);
}

/** @param url where the server is asked; @param at ms since 1970, of the death */
export async function seenFromOutside(
	url: string,
	listeners: readonly Listener[],
	at: number,
): Promise<Death> {
	const unread = new Map<string, ReadonlySet<string>>();
	for (const { agent } of listeners)
		unread.set(agent.id, new Set(await unreadOf(url, agent.token)));
	return { at, unread };
}

/**
 * Kills n8n (the main, in queue mode), and starts it again.
 * @param downFor ms in between
 */
export async function killHost(
	scene: Scene,
	listeners: readonly Listener[],
	downFor: number,
): Promise<Death> {
	const at = Date.now();
	await scene.host.n8n.kill();
	await sleep(downFor);
	const death = await seenFromOutside(scene.club.url, listeners, at);
	await scene.host.n8n.startAgain();
	return death;
}

/**
 * Whether a message had been written when the process died, and the server did not hold it for
 * unread.
 */
export function wasRead({ stored, speaker }: Said, death: Death): boolean {
	return (
		stored.createdAt * 1000 < death.at && !death.unread.get(speaker.agentId)?.has(stored.content)
	);
}

/**
 * Waits until nothing is unread and nothing runs: on a busy machine as long as it takes, but never
 * for long without progress.
 *
 * @param killedAt ms since 1970; when n8n was killed last. n8n 2.41.1 never ends an execution that
 * was killed between its start and its first node: its recovery finds no node in its event log.
 * @throws an error that says what is left, and what n8n last logged
 */
export async function quiet(
	scene: Scene,
	listeners: readonly Listener[],
	killedAt = 0,
): Promise<void> {
	for (let left = await open(scene, listeners, killedAt); left.length > 0; ) {
		const before = left.length;
		const fewer = async () => {
			left = await open(scene, listeners, killedAt);
			return left.length < before ? true : undefined;
		};
		await eventually(`fewer than ${before} messages unread or running`, fewer, QUIET_WITHIN).catch(
			(error: unknown) => {
				throw new Error(
					`${(error as Error).message}\n${left.join('\n')}\nn8n:\n${scene.host.n8n.logTail()}`,
				);
			},
		);
	}
}

/** What is unread, and what runs, a line each. */
async function open(
	scene: Scene,
	listeners: readonly Listener[],
	killedAt: number,
): Promise<string[]> {
	const lines: string[] = [];
	for (const { name, agent, workflowId } of listeners) {
		for (const content of await unreadOf(scene.club.url, agent.token))
			lines.push(`unread by ${agent.username}, ${name}: ${content}`);
		for (const { id, status, createdAt, startedAt } of await scene.host.rest.executions({
			workflowId,
			status: ['running', 'new'],
		})) {
			const isDead = startedAt !== null && Date.parse(startedAt) < killedAt;
			if (!isDead) lines.push(`execution ${id} of ${name}: ${status}, created ${createdAt}`);
		}
	}
	return lines;
}
