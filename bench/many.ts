// What much of something costs, from the frame to the item that the trigger builds, with names,
// roster and guide. One agent is in a thousand groups, a hundred people write in one group, and a
// roster has a thousand names. The playground serves. Figures, no bars.
import { type BinarySink } from '../client/inbound/item/attachments';
import { prepareMessage, type PreparationSettings } from '../client/inbound/item/prepare';
import { buildItem } from '../nodes/AgentClubTrigger/items';
import type { ItemSettings } from '../nodes/AgentClubTrigger/settings';
import type { ChatAddress, ClubUser } from '../playground/club/club';
import { PlaygroundClub } from '../playground/club/playground-club';
import type { IBinaryData } from 'n8n-workflow';
import { isSmall, quantile, wallTime } from './support/figures';
import { Partner, playedPart } from './support/parts';
import { collectGarbage, heldNow } from './support/peak-memory';
import { startTrigger } from './support/receivers';

interface Crowd {
	/** Each with the agent and all the people. */
	readonly groups: number;
	/** Beside the agent. */
	readonly people: number;
	/** Messages of each person in each group, for each round. */
	readonly each: number;
}

const CROWDS: ReadonlyArray<readonly [what: string, crowd: Crowd]> = isSmall
	? [['20 groups', { groups: 20, people: 1, each: 1 }]]
	: [
			['one agent in 1,000 groups, a message in each', { groups: 1000, people: 1, each: 1 }],
			['a group of 100, 10 messages of everybody', { groups: 1, people: 99, each: 10 }],
			['a roster of 1,000, a message of everybody', { groups: 1, people: 999, each: 1 }],
		];

type WorldRequest =
	/** Makes an agent, people and groups; answers how the agent gets in. */
	| { readonly do: 'make'; readonly crowd: Crowd }
	/** Everybody says what they have to say; answers when the first word was said, see `wallTime`. */
	| { readonly do: 'talk' };

interface Access {
	readonly url: string;
	readonly token: string;
}

function world(): (request: WorldRequest) => Promise<Access | number> {
	let talk: () => Promise<number> = () => Promise.resolve(0);
	return async (request) => {
		if (request.do === 'talk') return talk();
		const { groups, people, each } = request.crowd;
		const club = await PlaygroundClub.start();
		const agent = await club.addAgent('robo', 'Robo');
		const members: ClubUser[] = [];
		for (let number = 0; number < people; number += 1)
			members.push(await club.addHuman(`person${number}`, `Person ${number}`));
		const chats: ChatAddress[] = [];
		for (let number = 0; number < groups; number += 1)
			chats.push(
				await club.addGroup(`Group ${number}`, [...members.map(({ id }) => id), agent.id]),
			);
		talk = async () => {
			const began = wallTime();
			for (let turn = 0; turn < each; turn += 1) {
				for (const chat of chats) {
					for (const { id } of members)
						await club.say(id, chat, {
							content: `<at user_id="${agent.id}">Robo</at> What is the soup of the day?`,
							mentions: [agent.id],
						});
				}
			}
			return began;
		};
		return { url: club.url, token: agent.token };
	};
}

type AgentRequest =
	| ({ readonly do: 'listen' } & Access)
	| { readonly do: 'expect'; readonly count: number };

interface Heard {
	/** Of the last item, see `wallTime`. */
	readonly at: number;
	/** ms from the server's time to the item. */
	readonly latencies: readonly number[];
	/** Characters of the last item. */
	readonly itemSize: number;
	/** Items without a roster, or earlier than the one before in their chat. */
	readonly wrong: number;
	/** Bytes that the process holds. */
	readonly held: number;
}

/** The trigger's defaults, see the contract. */
const PREPARATION: PreparationSettings = {
	download: 'all',
	maxBytes: 10 * 1024 * 1024,
	includeRoster: true,
	rosterMaxAge: 300_000,
	contextMessages: 0,
};
const ITEM: ItemSettings = {
	binaryPropertyName: 'data',
	senderPrefix: true,
	mentionGuideText: '',
	collected: false,
	mentionGuide: 'field',
	ignoreMentionAll: false,
	includeRaw: false,
};
const NO_FILES: BinarySink<IBinaryData> = () =>
	Promise.reject(new Error('there are no files here'));

function listeningAgent(): (request: AgentRequest) => Promise<Heard | undefined> {
	let left = 0;
	let latencies: number[] = [];
	let wrong = 0;
	let done: (heard: Heard) => void = () => undefined;
	const newest = new Map<string, number>();
	return async (request) => {
		if (request.do === 'expect') {
			[left, latencies, wrong] = [request.count, [], 0];
			return new Promise((resolve) => {
				done = resolve;
			});
		}
		await startTrigger(request.url, {
			token: request.token,
			settings: { parallelExecutions: 20 },
			prepare: async (bundle, context) => {
				const prepared = await prepareMessage(bundle, PREPARATION, context, NO_FILES);
				return {
					emit({ source, attempt }) {
						const item = buildItem(prepared, ITEM, { source, attempt });
						const { chat, createdAt } = prepared.message;
						if (!prepared.roster || createdAt < (newest.get(chat.key) ?? 0)) wrong += 1;
						newest.set(chat.key, createdAt);
						latencies.push(wallTime() - 1000 * createdAt);
						left -= 1;
						if (left === 0) {
							const at = wallTime();
							collectGarbage();
							done({
								at,
								latencies,
								itemSize: JSON.stringify(item.json).length,
								wrong,
								held: heldNow(),
							});
						}
						return Promise.resolve('success' as const);
					},
				};
			},
		});
		return undefined;
	};
}

async function measure(what: string, crowd: Crowd): Promise<void> {
	const server = Partner.start<WorldRequest>('world');
	const agent = Partner.start<AgentRequest>('agent');
	const count = crowd.groups * crowd.people * crowd.each;
	const access = await server.ask<Access>({ do: 'make', crowd });
	await agent.ask({ do: 'listen', ...access });
	for (const round of ['first', 'again']) {
		const heard = agent.ask<Heard>({ do: 'expect', count });
		const began = await server.ask<number>({ do: 'talk' });
		const { at, latencies, itemSize, wrong, held } = await heard;
		console.log(
			`${what}, ${round}: ${count} items in ${((at - began) / 1000).toFixed(2)} s; ` +
				`${quantile(latencies, 0.5).toFixed(1)} ms after the server's time (p99 ` +
				`${quantile(latencies, 0.99).toFixed(0)}); ` +
				`an item of ${(itemSize / 1000).toFixed(1)} thousand characters; ` +
				`${(held / 1024 / 1024).toFixed(0)} MB held; ${wrong} without a roster or ` +
				'out of order',
		);
		if (wrong > 0) process.exitCode = 1;
	}
	await Promise.all([server.stop(), agent.stop()]);
}

async function main(): Promise<void> {
	if (await playedPart({ world, agent: listeningAgent })) return;
	for (const [what, crowd] of CROWDS) await measure(what, crowd);
}

void main();
