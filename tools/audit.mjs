// npm run audit
//
// Asks the npm registry for known vulnerabilities of what the package bundles, and fails where
// there is one. Those of the tools, which nobody installs, do not count: `npm audit` alone shows
// them. Ends with 2 where the registry does not answer, which mirrors often do not: that is no
// clean bill.
import { spawnSync } from 'node:child_process';
import { root, whatIsBundled } from './bundled.mjs';

const packages = await whatIsBundled();
const { stdout, error } = spawnSync('npm', ['audit', '--json', '--package-lock-only'], {
	cwd: root,
	encoding: 'utf8',
	maxBuffer: 64 * 1024 * 1024,
	shell: process.platform === 'win32',
});
if (error) throw error;
const report = JSON.parse(stdout);
if (!report.vulnerabilities) {
	console.error(`The registry has no answer: ${report.message ?? report.error?.summary ?? stdout}`);
	console.error('Nothing is known about the bundled packages. Ask another registry.');
	process.exit(2);
}

const bundled = new Map(packages.map((each) => [each.folder, each]));
let found = 0;
for (const { severity, via, nodes } of Object.values(report.vulnerabilities)) {
	for (const { name, version } of nodes.map((node) => bundled.get(node)).filter(Boolean)) {
		found += 1;
		const titles = via.map((each) => each.title ?? `by ${each}`);
		console.error(`${name} ${version}: ${severity}: ${titles.join('; ')}`);
	}
}
const names = packages.map(({ name, version }) => `${name} ${version}`).join(', ');
console.log(`${found} known vulnerabilities in ${packages.length} bundled packages: ${names}`);
process.exitCode = found > 0 ? 1 : 0;
