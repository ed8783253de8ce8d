import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');

/** What stands in a list of `.github/dependabot.yml`, in order of the alphabet. */
function listed(key: string, yaml: string): string[] {
	const list = new RegExp(`^ *${key}:\\n((?: *- .*\\n)+)`, 'm').exec(yaml)?.[1] ?? '';
	return Array.from(list.matchAll(/- (.*)/g), ([, name = '']) => name).sort();
}

/** Direct dependencies of which the build puts something into the package. */
function bundled(): string[] {
	const program =
		"import('./tools/bundled.mjs').then(async ({ whatIsBundled }) => " +
		'console.log(JSON.stringify(await whatIsBundled())))';
	const output = execFileSync(process.execPath, ['-e', program], { cwd: ROOT, encoding: 'utf8' });
	const names = (JSON.parse(output) as Array<{ name: string }>).map(({ name }) => name);
	const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
		devDependencies: Record<string, string>;
	};
	return Object.keys(devDependencies)
		.filter((name) => names.includes(name))
		.sort();
}

it('Dependabot updates together all that the build bundles, and apart from the tools', () => {
	const yaml = readFileSync(join(ROOT, '.github/dependabot.yml'), 'utf8');
	const expected = bundled();

	expect(expected).toContain('socket.io-client');
	expect(listed('patterns', yaml)).toEqual(expected);
	expect(listed('exclude-patterns', yaml)).toEqual(expected);
});
