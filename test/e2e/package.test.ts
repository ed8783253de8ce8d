import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { N8nFixture } from '../support/n8n-fixture';

const ROOT = join(__dirname, '../..');
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/**
 * Runs a piece of code in a Node.js of its own, with the built files at hand, and reads what it
 * prints as JSON.
 */
function inFreshProcess(code: string): unknown {
	return JSON.parse(
		execFileSync(
			process.execPath,
			['--eval', `console.log(JSON.stringify((() => { ${code} })()))`],
			{ cwd: ROOT, encoding: 'utf8' },
		),
	);
}

describe('the built package', () => {
	it('holds what users need and nothing else', () => {
		const report = JSON.parse(
			execFileSync(npm, ['pack', '--dry-run', '--json'], { cwd: ROOT, encoding: 'utf8' }),
		) as { files: { path: string }[] }[];
		const paths = report[0]?.files.map(({ path }) => path) ?? [];

		expect(paths.filter((path) => !path.startsWith('dist/')).sort()).toEqual([
			'CHANGELOG.md',
			'LICENSE',
			'README.md',
			'README.zh-CN.md',
			'index.js',
			'package.json',
		]);
		expect(paths.filter((path) => /\.(ts|map|tsbuildinfo)$/.test(path))).toEqual([]);
		expect(paths).toEqual(
			expect.arrayContaining([
				'dist/client.js',
				'dist/http.js',
				'dist/first-bytes.js',
				'dist/LICENSES.txt',
				'dist/known/nodes.json',
				'dist/icons/agentclub.dark.svg',
			]),
		);
	});

	it('has n8n-workflow as its only peer and no dependencies', () => {
		const description = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<
			string,
			unknown
		>;

		expect(description).not.toHaveProperty('dependencies');
		expect(description.peerDependencies).toEqual({ 'n8n-workflow': '*' });
	});

	it('loads client/ once for both nodes, and only when they work, and asks for nothing but n8n-workflow and Node.js', () => {
		const loaded = inFreshProcess(`
			const { AgentClub } = require('./dist/nodes/AgentClub/AgentClub.node.js');
			const { AgentClubTrigger } = require('./dist/nodes/AgentClubTrigger/AgentClubTrigger.node.js');
			require('./dist/credentials/AgentClubApi.credentials.js');
			const clients = () => Object.keys(require.cache).filter((path) => path.endsWith('client.js') && path.includes('/dist/') && !path.includes('node_modules')).length;
			const nodes = [new AgentClub(), new AgentClubTrigger()];
			const described = clients();
			for (const node of nodes) void node.methods.credentialTest.agentClubApiTest.call({}, {});
			require('./dist/http.js');
			require('./dist/first-bytes.js');
			const own = module => module.filename.startsWith(process.cwd() + '/dist/');
			const foreign = Object.values(require.cache).filter(own).flatMap((module) => module.children).filter((module) => !own(module));
			return {
				described,
				clients: clients(),
				foreign: [...new Set(foreign.map((module) => /node_modules\\/([^/]+)/.exec(module.filename)?.[1] ?? module.filename))],
			};
		`);

		expect(loaded).toEqual({ described: 0, clients: 1, foreign: ['n8n-workflow'] });
	});

	it("leaves n8n's own HTTP dispatcher alone", () => {
		const dispatchers = inFreshProcess(`
			const symbols = () => Object.getOwnPropertySymbols(globalThis).map(String).filter((name) => name.includes('undici'));
			const before = symbols();
			require('./dist/http.js');
			return { before, after: symbols() };
		`) as { before: string[]; after: string[] };

		expect(dispatchers.after).toEqual(dispatchers.before);
	});

	it('brings the licence of everything that is bundled', () => {
		const licences = readFileSync(join(ROOT, 'dist/LICENSES.txt'), 'utf8');

		for (const name of [
			'socket.io-client',
			'engine.io-client',
			'undici',
			'file-type',
			'zod',
			'https-proxy-agent',
			'proxy-from-env',
		]) {
			expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(MIT\\)$`, 'm'));
		}
	});

	it('is known to n8n without its classes being run', async () => {
		const host = await N8nFixture.start();
		try {
			expect(host.n8n.logTail(5000)).toMatch(
				/Lazy-loading nodes and credentials from n8n-nodes-agentclub \{ "nodes": 2, "credentials": 1/,
			);
			const icon = await fetch(
				`${host.n8n.address}/icons/n8n-nodes-agentclub/dist/icons/agentclub.svg`,
			);
			expect(await icon.text()).toContain('<svg');
		} finally {
			await host.stop();
		}
	});
});
