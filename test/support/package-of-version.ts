import { execFileSync } from 'node:child_process';
import { appendFile, cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** What the trigger of such a package prints when n8n loads its class. */
export const loadedLine = (version: string) => `Agent Club Trigger ${version} is loaded`;

/** Copies the built package into an empty folder and gives it another version. */
export async function packageOfVersion(version: string, folder: string): Promise<void> {
	for (const part of ['dist', 'index.js', 'package.json'])
		await cp(join(ROOT, part), join(folder, part), { recursive: true });
	const path = join(folder, 'package.json');
	const description = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
	await writeFile(path, JSON.stringify({ ...description, version }));
	await appendFile(
		join(folder, 'dist/nodes/AgentClubTrigger/AgentClubTrigger.node.js'),
		`\nconsole.log(${JSON.stringify(loadedLine(version))});\n`,
	);
}

/** Makes the tarball of a package's folder, in that folder; answers its path. */
export function packTarball(folder: string): string {
	const args = ['pack', '--json', '--ignore-scripts'];
	const printed = execFileSync(npm, args, { cwd: folder, encoding: 'utf8' });
	const [{ filename }] = JSON.parse(printed) as [{ filename: string }];
	return join(folder, filename);
}
