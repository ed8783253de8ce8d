import { setTimeout as sleep } from 'node:timers/promises';
import { chain, codeNode } from '../../playground/host/workflow-json';
import type { Desk } from '../support/desk';
import { Chance, killsOfThisRun, seedOfThisRun } from '../support/seed';
import { type Speaker, Talk } from '../support/talk';
import { fitfulDesk } from './fitful-desk';
import { audit, figures, type ListenerInMode, type Mode, NO_FAULTS } from './kill-audit';
import { openTrigger, Scene, START_WITHIN } from './scene';
import {
	type Death,
	killHost,
	type Listener,
	quiet,
	sayOnce,
	speakerTo,
	tellSeed,
} from './under-kills';

const KILLS = killsOfThisRun(2);
const SEED = seedOfThisRun();
/** ms for one life of n8n with the pause before it, and for what is left at the end. */
const LIFE = 180_000;
/**
 * An n8n that was killed while it activated its triggers does so again when its lease on that has
 * run out. By itself that takes 120 s, and the backlog of that time takes minutes to work off.
 */
const SHORT_LEASE = {
	N8N_WORKFLOW_PUBLICATION_OUTBOX_LEASE_SECONDS: '30',
	N8N_WORKFLOW_PUBLICATION_OUTBOX_POLL_INTERVAL_MS: '2000',
};
/** ms for that. */
const ACTIVE_AGAIN = 90_000;
/** n8n is killed after so many calls of workflows, at most. */
const MOST_CALLS = 40;
/** ... and so many ms more, at most: longer than a mark waits. */
const MOST_DELAY = 3000;
const chance = new Chance(SEED);
let scene: Scene;
let desk: Desk;

beforeAll(async () => {
	scene = await Scene.start(SHORT_LEASE);
	desk = await fitfulDesk(chance);
}, START_WITHIN);

afterAll(async () => {
	await scene.stop();
	await desk.stop();
}, 60_000);

it(
	`loses, hurries and disorders nothing, and repeats only what was unread, when n8n is killed ${KILLS} times under a stream of messages`,
	async () => {
		tellSeed('n8n-killed', SEED);
		const { listeners, speakers } = await setScene();
		const talk = new Talk(
			speakers,
			(speaker, utterance) => sayOnce(scene, speaker, utterance),
			() => chance.between(700, 2000),
		);
		const deaths: Death[] = [];
		while (deaths.length < KILLS) deaths.push(await killOnce(listeners));
		await desk.moreCalls(10, ACTIVE_AGAIN);
		await talk.stop();
		await quiet(scene, listeners, deaths.at(-1)?.at);
		const findings = await audit(scene.host, listeners, talk.said, deaths);
		process.stdout.write(`n8n-killed: ${figures(findings, talk.said, deaths)}\n`);
		expect({ seed: SEED, ...findings.faults }).toEqual({ seed: SEED, ...NO_FAULTS });
	},
	(4 + KILLS) * LIFE,
);

/**
 * Two workflows share an agent, so that a message counts as read when both have done it; a third
 * has an agent to itself.
 */
async function setScene(): Promise<{ listeners: ListenerInMode[]; speakers: Speaker[] }> {
	const shared = await scene.cast();
	const alone = await scene.cast();
	const other = await scene.club.addHuman('other', 'Other');
	const speakers = [
		speakerTo(shared.agent, 'group', shared.mia.id, shared.group),
		speakerTo(
			shared.agent,
			'second',
			other.id,
			await scene.club.addGroup('Second', [other.id, shared.agent.id]),
		),
		speakerTo(
			shared.agent,
			'direct',
			other.id,
			await scene.club.openDirect(other.id, shared.agent.id),
		),
		speakerTo(alone.agent, 'lone', alone.mia.id, alone.group),
		speakerTo(alone.agent, 'private', alone.mia.id, alone.direct),
	];
	const publish = async (
		mode: Mode,
		{ agent, credential }: typeof shared,
	): Promise<ListenerInMode> => {
		const trigger = openTrigger(credential, { retryDelay: 1 }, { acknowledge: mode });
		const nodes = [trigger, desk.node(mode), codeNode('Code', 'return $input.all();')];
		return { name: mode, agent, workflowId: await scene.host.publish(chain(mode, nodes)) };
	};
	return {
		listeners: [
			await publish('onCompletion', shared),
			await publish('onSuccess', shared),
			await publish('immediately', alone),
		],
		speakers,
	};
}

/**
 * Kills n8n at a moment by chance while its workflows are busy, and starts it again a little later;
 * the talk goes on meanwhile.
 */
async function killOnce(listeners: readonly Listener[]): Promise<Death> {
	await desk.moreCalls(chance.between(1, MOST_CALLS), ACTIVE_AGAIN);
	await sleep(chance.between(0, MOST_DELAY));
	return killHost(scene, listeners, chance.between(0, 2000));
}
