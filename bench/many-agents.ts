// A hundred workflows, each with an agent of its own, in one n8n. How long do they take to publish,
// and what do they cost at rest? How soon have all answered a message that each gets at once? The
// playground serves. Figures, no bars.
import type { ChatAddress } from '../playground/club/club';
import { PlaygroundClub } from '../playground/club/playground-club';
import { chain, node, triggerNode } from '../playground/host/workflow-json';
import { isSmall, pauseFor, spread, wallTime } from './support/figures';
import { type Mark, N8nUnderClock } from './support/n8n-under-clock';
import { Partner, playedPart } from './support/parts';

const AGENTS = isSmall ? 3 : 100;
const ROUNDS = isSmall ? 1 : 3;
/** ms between two rounds, in which nothing is said. */
const REST = isSmall ? 1000 : 15_000;
/** ms until the first batches have been judged, and live messages are taken at once. */
const FIRST_BATCH = 3000;
const MB = 1024 * 1024;

type Request =
	/** Makes so many agents, each in a direct chat with one person; answers how they get in. */
	| { readonly do: 'make'; readonly agents: number }
	/** The person says something to each of them. */
	| { readonly do: 'talk' };

interface World {
	readonly url: string;
	readonly tokens: readonly string[];
}

function world(): (request: Request) => Promise<World | undefined> {
	let talk: () => Promise<void> = () => Promise.resolve();
	return async (request) => {
		if (request.do === 'talk') {
			await talk();
			return undefined;
		}
		const club = await PlaygroundClub.start();
		const mia = await club.addHuman('mia', 'Mia');
		const chats: ChatAddress[] = [];
		const tokens: string[] = [];
		for (let number = 0; number < request.agents; number += 1) {
			const agent = await club.addAgent(`agent${number}`);
			tokens.push(agent.token);
			chats.push(await club.openDirect(mia.id, agent.id));
		}
		talk = async () => {
			for (const chat of chats)
				await club.say(mia.id, chat, { content: 'What is the soup of the day?' });
		};
		return { url: club.url, tokens };
	};
}

async function main(): Promise<void> {
	if (await playedPart({ world })) return;
	const club = Partner.start<Request>('world');
	const host = await N8nUnderClock.start();
	try {
		const { url, tokens } = await club.ask<World>({ do: 'make', agents: AGENTS });
		const { rest, publish } = await host.publisher();
		const workflows: string[] = [];
		const publishing: number[] = [];
		for (const [number, agentToken] of tokens.entries()) {
			const credential = await rest.createCredential(`Agent ${number}`, 'agentClubApi', {
				serverUrl: url,
				agentToken,
			});
			const trigger = triggerNode(credential, {
				allowFrom: ['*'],
				allowFromKind: ['human'],
				options: {},
			});
			const began = performance.now();
			workflows.push(
				await publish(chain(`agent ${number}`, [trigger, node('Nothing', 'n8n-nodes-base.noOp')])),
			);
			publishing.push(performance.now() - began);
		}
		await pauseFor(FIRST_BATCH);
		const seconds: number[] = [];
		const idle: number[] = [];
		let last: Mark = host.ready;
		for (let round = 0; round < ROUNDS; round += 1) {
			const begun = Promise.all(workflows.map((id) => host.clock.next('begin', 1, id)));
			const ended = Promise.all(workflows.map((id) => host.clock.next('end', 1, id)));
			const said = wallTime();
			await club.ask({ do: 'talk' });
			const first = earliest((await begun).flat());
			if (round > 0) idle.push((first.cpu - last.cpu) / (first.at - last.at));
			last = latest((await ended).flat());
			seconds.push((last.at - said) / 1000);
			await pauseFor(REST);
		}
		console.log(
			`${AGENTS} agents with a workflow each in one n8n: ${spread(publishing, 0)} ms ` +
				'to publish one',
		);
		console.log(`a message to each at once: all executions have ended after ${spread(seconds)} s`);
		if (idle.length > 0)
			console.log(
				`at rest n8n takes ${spread(
					idle.map((share) => 100 * share),
					1,
				)} % of a core, what it does by itself included`,
			);
		console.log(
			`n8n's memory: ${(last.rss / MB).toFixed(0)} MB, ${(host.ready.rss / MB).toFixed(0)} ` +
				'MB when it was ready',
		);
	} finally {
		await host.stop();
		await club.stop();
	}
}

function earliest(marks: readonly Mark[]): Mark {
	return marks.reduce((first, mark) => (mark.at < first.at ? mark : first));
}

function latest(marks: readonly Mark[]): Mark {
	return marks.reduce((last, mark) => (mark.at > last.at ? mark : last));
}

void main();
