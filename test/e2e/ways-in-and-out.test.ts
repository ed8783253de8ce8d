import { execSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChatAddress, ClubAgent, ClubUser } from '../../playground/club/club';
import { PlaygroundClub } from '../../playground/club/playground-club';
import { type N8n, NO_PACKAGE } from '../../playground/host/n8n-process';
import { type Execution, outputOf } from '../../playground/host/n8n-types';
import { chain } from '../../playground/host/workflow-json';
import { Desk } from '../support/desk';
import { eventually } from '../support/eventually';
import { LocalRegistry } from '../support/local-registry';
import { N8nFixture } from '../support/n8n-fixture';
import { itIfToldOfFailedStarts, itWhere, n8nOffers, n8nReads } from '../support/only-where';
import { loadedLine, packageOfVersion, packTarball } from '../support/package-of-version';
import { QueueServices } from '../support/queue-services';
import { openTrigger, replyNode, START_WITHIN } from './scene';

const PACKAGE = 'n8n-nodes-agentclub';
const OLD = '0.0.1';
const NEW = '99.0.0';
/** ms: n8n starts, and the agent connects. */
const RECOVERY = 90_000;
/** ms: a closed trigger's place is held for 30 s, and an unused connection for 30 s more. */
const GONE_WITHIN = 75_000;
/** What the log says of a message that comes while n8n does not know the package. */
const REFUSED = 'could not be handed to n8n: Unrecognized node type';

/** What n8n 1.123 lacks, see docs/compatibility.md. */
const itIfManaged = itWhere(
	n8nReads('N8N_COMMUNITY_PACKAGES_MANAGED_BY_ENV'),
	'this n8n has no variables for managed instances',
);
/** No name in n8n tells; the lines differ in it as in the other. */
const itIfLeftAlone = itWhere(
	n8nOffers('deduplicationKey'),
	'this n8n starts the trigger by itself when the package is back',
);

/** A worker of n8n 1.123 loads no second version without a restart. */
const workersReload = n8nOffers('deduplicationKey');

let club: PlaygroundClub;
let desk: Desk;
let folder: string;
/** With a folder for each version. */
const folderOf = (version: string) => join(folder, version);

beforeAll(async () => {
	club = await PlaygroundClub.start({ generation: 'G3' });
	desk = await Desk.start();
	folder = await mkdtemp(join(tmpdir(), 'agentclub-ways-'));
	for (const version of [OLD, NEW]) {
		await mkdir(folderOf(version));
		await packageOfVersion(version, folderOf(version));
	}
}, START_WITHIN);

afterAll(async () => {
	await desk.stop();
	await club.stop();
	await rm(folder, { recursive: true, force: true });
}, 60_000);

interface Team {
	readonly agent: ClubAgent;
	readonly mia: ClubUser;
	readonly direct: ChatAddress;
	say(words: string): Promise<unknown>;
	unread(): string[];
}

let teams = 0;

async function team(): Promise<Team> {
	teams += 1;
	const agent = await club.addAgent(`bot-${teams}`);
	const mia = await club.addHuman(`mia-${teams}`);
	const direct = await club.openDirect(mia.id, agent.id);
	return {
		agent,
		mia,
		direct,
		say: (content) => club.say(mia.id, direct, { content }),
		unread: () => club.unread(agent.id).map(({ content }) => content),
	};
}

const credentialOf = (host: N8nFixture, { agent }: Team) =>
	host.credential({ serverUrl: club.url, agentToken: agent.token });
const textOf = (execution: Execution | undefined) =>
	outputOf(execution, 'Agent Club Trigger')[0]?.json.plainText;
const allRead = (team: Team) =>
	club.waitFor(() => team.unread().length === 0, 'all messages to be read', RECOVERY);
const sayAll = async (team: Team, words: readonly string[]) => {
	for (const each of words) await team.say(each);
};
const numbered = (name: string) => [1, 2, 3, 4, 5].map((count) => `${name} ${count}`);

describe('the folder of the package', () => {
	let host: N8nFixture;

	beforeAll(async () => {
		host = await N8nFixture.start();
	}, START_WITHIN);

	afterAll(() => host.stop(), 60_000);

	it.each([
		['a newer version', NEW],
		['an older version', OLD],
	])(
		'is exchanged for %s while a workflow runs and messages arrive: each of them has one execution, in order, over one connection',
		async (_what, version) => {
			const someone = await team();
			const credential = await credentialOf(host, someone);
			const { id } = await host.rest.createWorkflow(
				chain('Exchanged', [openTrigger(credential), desk.node(version)]),
			);
			await host.rest.publish(id);
			desk.hold(`running ${version}`);
			await someone.say(`running ${version}`);
			await desk.called({ workflow: version });
			const waiting = numbered('waiting');
			await sayAll(someone, waiting);

			const stopped = host.n8n.stop();
			const stopping = numbered('stopping');
			await sayAll(someone, stopping);
			desk.release(`running ${version}`);
			await stopped;
			const away = numbered('away');
			await sayAll(someone, away);
			const started = host.n8n.startAgain(undefined, folderOf(version));
			const starting = numbered('starting');
			await sayAll(someone, starting);
			await started;
			await host.logged(loadedLine(version));
			const back = numbered('back');
			await sayAll(someone, back);

			const words = [`running ${version}`, waiting, stopping, away, starting, back].flat();
			const executions = await host.ended(id, words.length, RECOVERY);
			await allRead(someone);
			expect(executions.map(textOf)).toEqual(words);
			expect(executions.map(({ status }) => status)).toEqual(words.map(() => 'success'));
			// One for each n8n.
			expect(club.connectionsEver(someone.agent.id)).toBe(2);
			expect(club.socketCount(someone.agent.id)).toBe(1);
		},
	);

	itIfLeftAlone(
		'is missing at a start and there again at the next: n8n leaves the trigger alone until it is published again, which brings what was said',
		async () => {
			const someone = await team();
			const credential = await credentialOf(host, someone);
			const publish = () =>
				host.publish(chain('Missing', [openTrigger(credential), replyNode(credential, 'here')]));
			const [lasting, given] = [await publish(), await publish()];
			await someone.say('before');
			await host.ended(lasting, 1);
			await host.ended(given, 1);
			await allRead(someone);

			await host.n8n.stop();
			await host.n8n.startAgain(undefined, NO_PACKAGE);
			await host.logged(`Unrecognized node type: ${PACKAGE}.agentClubTrigger`);
			await someone.say('while it is gone');
			expect(club.socketCount(someone.agent.id)).toBe(0);
			await host.rest.deactivate(given);
			expect((await host.rest.workflow(given)).activeVersionId).toBeNull();

			await host.n8n.stop();
			await host.n8n.startAgain();
			expect((await host.rest.workflow(lasting)).activeVersionId).not.toBeNull();
			expect((await host.rest.publicationStatus(lasting)).status).toBe('failed');
			await host.rest.publish(lasting);
			const executions = await host.ended(lasting, 2, RECOVERY);
			await allRead(someone);
			expect(executions.map(textOf)).toEqual(['before', 'while it is gone']);
			expect(await host.executions(given)).toHaveLength(1);
			expect(club.socketCount(someone.agent.id)).toBe(1);
		},
	);
});

describe('npm by hand', () => {
	/** The command of that kind in the docs, for another folder and tarball. */
	const documented = (kind: 'i' | 'rm', nodes: string, tarball = ''): string => {
		const docs = readFileSync(join(__dirname, '../../docs/installing.md'), 'utf8');
		const [command = ''] = new RegExp(`^ +npm ${kind} .*$`, 'm').exec(docs) ?? [];
		return command
			.replace('~/.n8n/nodes', nodes)
			.replace('/path/to/n8n-nodes-agentclub-VERSION.tgz', tarball);
	};

	it("installs it, updates it and removes it in n8n's folder, by the commands of the docs: each message has one execution", async () => {
		const host = await N8nFixture.startWithoutPackage('by-hand', {});
		try {
			const someone = await team();
			const { folder: home } = host.n8n;
			// npm takes a folder above for the package's, where that has a package.json.
			await writeFile(join(home, 'package.json'), '{}');
			const npm = (command: string) => execSync(command, { cwd: home, stdio: 'pipe' });
			const nodes = join(home, '.n8n/nodes');
			const restartWith = async (command: string) => {
				await host.n8n.stop();
				npm(command);
				await host.n8n.startAgain();
			};

			await restartWith(documented('i', nodes, packTarball(folderOf(OLD))));
			const credential = await credentialOf(host, someone);
			const id = await host.publish(
				chain('By hand', [openTrigger(credential), replyNode(credential, 'here')]),
			);
			await host.logged(loadedLine(OLD));
			await someone.say('with the old one');
			await host.ended(id, 1, RECOVERY);

			await restartWith(documented('i', nodes, packTarball(folderOf(NEW))));
			await host.logged(loadedLine(NEW));
			await someone.say('with the new one');
			const executions = await host.ended(id, 2, RECOVERY);
			await allRead(someone);
			expect(executions.map(textOf)).toEqual(['with the old one', 'with the new one']);

			await restartWith(documented('rm', nodes));
			await host.logged(`Unrecognized node type: ${PACKAGE}.agentClubTrigger`);
			expect(club.socketCount(someone.agent.id)).toBe(0);
		} finally {
			await host.stop();
		}
	}, 240_000);
});

/** Where n8n's page "Community nodes" sends its requests. */
const packages = '/rest/community-packages';

describe("n8n's own installation", () => {
	let registry: LocalRegistry;
	let host: N8nFixture;
	let someone: Team;
	let id: string;

	const release = (version: string) =>
		registry.publish(packTarball(folderOf(version)), { name: PACKAGE, version });
	const executed = async (count: number) => (await host.ended(id, count, RECOVERY)).map(textOf);

	beforeAll(async () => {
		registry = await LocalRegistry.start(PACKAGE, folder);
		await release(OLD);
		host = await N8nFixture.startWithoutPackage('bare', registry.env);
		someone = await team();
	}, START_WITHIN);

	afterAll(async () => {
		await host.stop();
		await registry.stop();
	}, 60_000);

	it('installs the package by its name, and updates it while a workflow runs and messages arrive: each of them has one execution, over one connection', async () => {
		const installed = await host.rest.request('POST', packages, { name: PACKAGE });
		expect(installed).toMatchObject({ installedVersion: OLD });
		const credential = await credentialOf(host, someone);
		id = await host.publish(chain('Installed', [openTrigger(credential), desk.node('installed')]));
		desk.hold('first');
		await someone.say('first');
		await desk.called({ text: 'first' });

		const update = { name: PACKAGE, version: NEW, checksum: await release(NEW) };
		const updated = host.rest.request('PATCH', packages, update);
		const during = numbered('during the update');
		await sayAll(someone, during);
		expect(await updated).toMatchObject({ installedVersion: NEW });
		desk.release('first');
		expect(await executed(6)).toEqual(['first', ...during]);

		// What runs keeps the old code until it is published again.
		await host.rest.deactivate(id);
		await host.rest.publish(id);
		await host.logged(loadedLine(NEW));
		await someone.say('with the new version');
		expect(await executed(7)).toEqual(['first', ...during, 'with the new version']);
		await allRead(someone);
		expect(club.connectionsEver(someone.agent.id)).toBe(1);
		expect(club.socketCount(someone.agent.id)).toBe(1);
	});

	itIfToldOfFailedStarts(
		'goes back to an older version, by an uninstallation and an installation, while a workflow runs and messages arrive: each of them has one execution, over one connection',
		async () => {
			const [refusedBefore, loadedBefore] = [REFUSED, loadedLine(OLD)].map((text) =>
				host.timesLogged(text),
			) as [number, number];
			desk.hold('running');
			await someone.say('running');
			await desk.called({ text: 'running' });
			await host.rest.request('DELETE', `${packages}?name=${PACKAGE}`);
			const between = numbered('between');
			await sayAll(someone, between);
			desk.release('running');
			await host.logged(REFUSED, refusedBefore + 1);

			const installed = await host.rest.request('POST', packages, { name: `${PACKAGE}@${OLD}` });
			expect(installed).toMatchObject({ installedVersion: OLD });
			expect((await executed(13)).slice(7)).toEqual(['running', ...between]);

			await host.rest.deactivate(id);
			await host.rest.publish(id);
			await host.logged(loadedLine(OLD), loadedBefore + 1);
			await someone.say('with the older version');
			expect((await executed(14)).slice(13)).toEqual(['with the older version']);
			await allRead(someone);
			expect(club.connectionsEver(someone.agent.id)).toBe(1);
			expect(club.socketCount(someone.agent.id)).toBe(1);
		},
	);

	itIfToldOfFailedStarts(
		'uninstalls it while a workflow is published: messages stay unread, and the connection is closed after the workflow has been unpublished',
		async () => {
			const before = host.timesLogged(REFUSED);
			await host.rest.request('DELETE', `${packages}?name=${PACKAGE}`);
			await someone.say('after the end');
			await host.logged(REFUSED, before + 1);
			expect(someone.unread()).toEqual(['after the end']);

			await host.rest.deactivate(id);
			expect((await host.rest.workflow(id)).activeVersionId).toBeNull();
			await club.waitFor(
				() => club.socketCount(someone.agent.id) === 0,
				'the connection to be closed',
				GONE_WITHIN,
			);
			expect(someone.unread()).toEqual(['after the end']);
		},
	);

	itIfManaged(
		'installs it at the start by the variables for managed instances, and brings what was said without it',
		async () => {
			await host.n8n.stop();
			const declared = [{ name: PACKAGE, version: NEW, checksum: await release(NEW) }];
			await host.n8n.startAgain({
				...registry.env,
				N8N_COMMUNITY_PACKAGES_MANAGED_BY_ENV: 'true',
				N8N_COMMUNITY_PACKAGES: JSON.stringify(declared),
			});
			await host.rest.publish(id);

			expect((await executed(15)).at(-1)).toBe('after the end');
			await allRead(someone);
			expect(club.socketCount(someone.agent.id)).toBe(1);
			await expect(host.rest.request('DELETE', `${packages}?name=${PACKAGE}`)).rejects.toThrow(
				'managed via environment variables',
			);
		},
	);
});

describe("n8n's own installation in queue mode", () => {
	const installed = `Community package installed: ${PACKAGE}`;
	let services: QueueServices;
	let registry: LocalRegistry;
	let main: N8nFixture;
	let worker: N8n;
	let someone: Team;
	let id: string;

	const release = (version: string) =>
		registry.publish(packTarball(folderOf(version)), { name: PACKAGE, version });
	const logged = (text: string, times = 1) =>
		eventually(
			`"${text}" ${times} times in the worker's log`,
			() => Promise.resolve(worker.log().split(text).length > times || undefined),
			RECOVERY,
		);
	/** Says something, which the worker answers with the package of that version. */
	const answers = async (words: string, count: number, version: string) => {
		await someone.say(words);
		const execution = (await main.ended(id, count, RECOVERY)).at(-1);
		expect([textOf(execution), execution?.status]).toEqual([words, 'success']);
		await logged(`Worker started execution ${execution?.id} `);
		await logged(loadedLine(version));
		await allRead(someone);
	};

	beforeAll(async () => {
		services = await QueueServices.start();
		const cache = join(folder, 'queue');
		await mkdir(cache);
		registry = await LocalRegistry.start(PACKAGE, cache);
		const env = { ...services.env, ...registry.env };
		main = await N8nFixture.startWithoutPackage('main', env);
		worker = await N8nFixture.startWorkerWithoutPackage('worker', env);
		someone = await team();
	}, START_WITHIN);

	afterAll(async () => {
		await worker.stop();
		await main.stop();
		await worker.output.close();
		await registry.stop();
		await services.stop();
	}, 60_000);

	it('brings the package to a worker that runs, which then runs the executions', async () => {
		await release(OLD);
		await main.rest.request('POST', packages, { name: PACKAGE });
		await logged(installed);
		const credential = await credentialOf(main, someone);
		id = await main.publish(
			chain('On a worker', [openTrigger(credential), replyNode(credential, 'here')]),
		);

		await answers('with the old one', 1, OLD);
	});

	it('updates it on a worker: at once, or (n8n 1.123) with its next start', async () => {
		const checksum = await release(NEW);
		await main.rest.request('PATCH', packages, { name: PACKAGE, version: NEW, checksum });
		if (workersReload) {
			await logged(installed, 2);
		} else {
			await logged('is already loaded');
			await worker.stop();
			await worker.startAgain();
		}
		await main.rest.deactivate(id);
		await main.rest.publish(id);

		await answers('with the new one', 2, NEW);
	});

	it('takes it from a worker that runs', async () => {
		await main.rest.deactivate(id);
		await main.rest.request('DELETE', `${packages}?name=${PACKAGE}`);

		await logged(`Community package uninstalled: ${PACKAGE}`);
	});
});
