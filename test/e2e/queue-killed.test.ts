import { setTimeout as sleep } from 'node:timers/promises';
import { chain } from '../../playground/host/workflow-json';
import type { Desk } from '../support/desk';
import { Chance, killsOfThisRun, seedOfThisRun } from '../support/seed';
import { type Speaker, Talk } from '../support/talk';
import { fitfulDesk } from './fitful-desk';
import { audit, figures, type ListenerInMode, type Mode, NO_FAULTS } from './kill-audit';
import { QueueScene } from './queue-scene';
import { type Cast, openTrigger, type Scene, START_WITHIN } from './scene';
import { type Death, killHost, quiet, sayOnce, speakerTo, tellSeed } from './under-kills';

const VICTIMS = ['main', 'redis', 'worker'] as const;
const KILLS = killsOfThisRun(VICTIMS.length);
const SEED = seedOfThisRun();
/** ms for a kill with all that follows, and for what is left at the end. */
const LIFE = 180_000;
/** Something is killed after so many calls of workflows, at most, and so many ms more. */
const MOST_CALLS = 30;
const MOST_DELAY = 3000;

const chance = new Chance(SEED);
let queue: QueueScene;
let scene: Scene;
let desk: Desk;

beforeAll(async () => {
	queue = await QueueScene.start();
	({ scene } = queue);
	desk = await fitfulDesk(chance);
}, START_WITHIN);

afterAll(async () => {
	await queue.stop();
	await desk.stop();
}, 120_000);

it(
	`in queue mode, loses, hurries and disorders nothing, and repeats only what was unread, when main, Redis or a worker is killed ${KILLS} times`,
	async () => {
		tellSeed('queue-killed', SEED);
		const { listeners, speakers } = await setScene();
		const talk = new Talk(
			speakers,
			(speaker, utterance) => sayOnce(scene, speaker, utterance),
			() => chance.between(700, 2000),
		);
		const deaths: Death[] = [];
		for (let kill = 0; kill < KILLS; kill++) {
			await desk.moreCalls(chance.between(1, MOST_CALLS));
			await sleep(chance.between(0, MOST_DELAY));
			const victim = VICTIMS[kill % VICTIMS.length] ?? 'main';
			if (victim === 'main') deaths.push(await killHost(scene, listeners, chance.between(0, 2000)));
			else await killAndStartAgain(victim);
		}
		await desk.moreCalls(10);
		await talk.stop();
		await quiet(scene, listeners);
		const findings = await audit(scene.host, listeners, talk.said, deaths);
		process.stdout.write(
			`queue-killed: ${KILLS} kills, of the main among them: ` +
				`${figures(findings, talk.said, deaths)}\n`,
		);
		expect({ seed: SEED, ...findings.faults }).toEqual({ seed: SEED, ...NO_FAULTS });
	},
	(3 + KILLS) * LIFE,
);

/**
 * Two agents, each with a workflow and with people in several chats. "onCompletion" counts an
 * execution as done that died with its worker.
 */
async function setScene(): Promise<{ listeners: ListenerInMode[]; speakers: Speaker[] }> {
	const [success, immediate] = [await scene.cast(), await scene.cast()];
	const other = await scene.club.addHuman('other', 'Other');
	const speakers = [
		speakerTo(success.agent, 'group', success.mia.id, success.group),
		speakerTo(success.agent, 'direct', success.mia.id, success.direct),
		speakerTo(
			success.agent,
			'other',
			other.id,
			await scene.club.openDirect(other.id, success.agent.id),
		),
		speakerTo(immediate.agent, 'lone', immediate.mia.id, immediate.group),
		speakerTo(immediate.agent, 'private', immediate.mia.id, immediate.direct),
	];
	const publish = async (mode: Mode, { agent, credential }: Cast): Promise<ListenerInMode> => {
		const trigger = openTrigger(credential, { retryDelay: 1 }, { acknowledge: mode });
		return {
			name: mode,
			agent,
			workflowId: await scene.host.publish(chain(mode, [trigger, desk.node(mode)])),
		};
	};
	return {
		listeners: [await publish('onSuccess', success), await publish('immediately', immediate)],
		speakers,
	};
}

/** n8n bears it for less than 10 s that Redis is away. */
async function killAndStartAgain(victim: 'redis' | 'worker'): Promise<void> {
	const worker = queue.workers[chance.between(0, 1)] ?? queue.workers[0];
	const { redis } = queue.services;
	await (victim === 'redis' ? redis : worker).kill();
	await sleep(chance.between(0, 4000));
	await (victim === 'redis' ? redis.start() : worker.startAgain());
}
