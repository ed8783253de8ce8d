import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** Folders of a checkout of which nothing gets into the package. */
const NOT_BUILT_FROM = new Set([
	'.git',
	'.playground',
	'bench',
	'coverage',
	'dist',
	'docs',
	'node_modules',
	'playground',
	'test',
]);

/** What `npm pack` would make of a folder: the files, and the checksum of the tarball. */
function packed(folder: string) {
	const [report] = JSON.parse(
		execFileSync(npm, ['pack', '--dry-run', '--json'], { cwd: folder, encoding: 'utf8' }),
	) as [{ integrity: string; files: Array<{ path: string; size: number }> }];
	return { integrity: report.integrity, files: report.files };
}

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
	it('holds exactly these files', () => {
		expect(
			packed(ROOT)
				.files.map(({ path }) => path)
				.sort(),
		).toEqual([
			'CHANGELOG.md',
			'LICENSE',
			'README.md',
			'README.zh-CN.md',
			'dist/LICENSES.txt',
			'dist/client.js',
			'dist/credentials/AgentClubApi.credentials.js',
			'dist/first-bytes.js',
			'dist/http.js',
			'dist/icons/agentclub.dark.svg',
			'dist/icons/agentclub.svg',
			'dist/known/credentials.json',
			'dist/known/nodes.json',
			'dist/nodes/AgentClub/AgentClub.node.js',
			'dist/nodes/AgentClub/AgentClub.node.json',
			'dist/nodes/AgentClubTrigger/AgentClubTrigger.node.js',
			'dist/nodes/AgentClubTrigger/AgentClubTrigger.node.json',
			'dist/types/credentials.json',
			'dist/types/nodes.json',
			'index.js',
			'package.json',
		]);
	});

	it('has the same bytes when it is built again, in a folder elsewhere', async () => {
		const elsewhere = await mkdtemp(join(tmpdir(), 'a-folder-with-a-longer-name-'));
		try {
			const parts = readdirSync(ROOT).filter((name) => !NOT_BUILT_FROM.has(name));
			for (const part of parts)
				await cp(join(ROOT, part), join(elsewhere, part), { recursive: true });
			await symlink(join(ROOT, 'node_modules'), join(elsewhere, 'node_modules'), 'junction');
			const gulp = join(elsewhere, 'node_modules/gulp/bin/gulp.js');
			execFileSync(process.execPath, [gulp, 'assemble'], { cwd: elsewhere, stdio: 'pipe' });

			expect(packed(elsewhere)).toEqual(packed(ROOT));
		} finally {
			await rm(elsewhere, { recursive: true, force: true });
		}
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
			const isClient = (path) => path.endsWith('/dist/client.js') && !path.includes('node_modules');
			const clients = () => Object.keys(require.cache).filter(isClient).length;
			const nodes = [new AgentClub(), new AgentClubTrigger()];
			const described = clients();
			for (const node of nodes) void node.methods.credentialTest.agentClubApiTest.call({}, {});
			require('./dist/http.js');
			const isOwn = (module) => module.filename.startsWith(process.cwd() + '/dist/');
			const foreign = Object.values(require.cache)
				.filter(isOwn)
				.flatMap((module) => module.children)
				.filter((module) => !isOwn(module));
			const packageOf = ({ filename }) => /node_modules\\/([^/]+)/.exec(filename)?.[1] ?? filename;
			return {
				described,
				clients: clients(),
				foreign: [...new Set(foreign.map(packageOf))],
			};
		`);

		expect(loaded).toEqual({ described: 0, clients: 1, foreign: ['n8n-workflow'] });
	});

	it("leaves n8n's own HTTP dispatcher alone", () => {
		const dispatchers = inFreshProcess(`
			const symbols = () =>
				Object.getOwnPropertySymbols(globalThis)
					.map(String)
					.filter((name) => name.includes('undici'));
			const before = symbols();
			require('./dist/http.js');
			return { before, after: symbols() };
		`) as { before: string[]; after: string[] };

		expect(dispatchers.after).toEqual(dispatchers.before);
	});

	it('brings the licence of everything that is bundled, and its bill of materials agrees', () => {
		const licences = readFileSync(join(ROOT, 'dist/LICENSES.txt'), 'utf8');
		const bill = JSON.parse(
			execFileSync(process.execPath, [join(ROOT, 'tools/sbom.mjs')], { encoding: 'utf8' }),
		) as { components: Array<{ name: string; version: string; hashes: unknown[] }> };
		const titles = [...licences.matchAll(/^-{80}\n\n(\S+) (\d\S+) \((MIT|BSD-3-Clause)\)$/gm)].map(
			([, name, version]) => ({ name, version }),
		);

		// Something new here is a decision: its licence and its updates become ours.
		expect(titles.map(({ name }) => name).sort()).toEqual([
			'@borewit/text-codec',
			'@socket.io/component-emitter',
			'@tokenizer/inflate',
			'agent-base',
			'engine.io-client',
			'engine.io-parser',
			'file-type',
			'https-proxy-agent',
			'ieee754',
			'ip-address',
			'proxy-from-env',
			'smart-buffer',
			'socket.io-client',
			'socket.io-parser',
			'socks',
			'socks-proxy-agent',
			'strtok3',
			'token-types',
			'uint8array-extras',
			'undici',
			'ws',
			'zod',
		]);
		// Each with the text that grants the rights, not only with a name.
		for (const part of licences.split(/^-{80}$/m).slice(1))
			expect(part).toMatch(/Permission is hereby granted|Redistribution and use/);
		expect(bill.components.map(({ name, version }) => ({ name, version }))).toEqual(titles);
		for (const { hashes } of bill.components)
			expect(hashes).toEqual([
				{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) as string },
			]);
	});
});
