import { readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { PROJECT, readProjectFile, tableRows } from '../../support/markdown';

/**
 * docs/operations.md tells operators which log lines to look for. Each has to be one that the code
 * writes; `...` stands for what differs from line to line.
 */
const quoted = tableRows(readProjectFile('docs/operations.md'))
	.filter(([where]) => where === 'log')
	.flatMap(([, what = '']) => [...what.matchAll(/`([^`]+)`/g)].map(([, line = '']) => line));

function sourcesIn(folder: string): string[] {
	return readdirSync(join(PROJECT, folder), { withFileTypes: true }).flatMap((entry) => {
		const path = posix.join(folder, entry.name);
		if (entry.isDirectory()) return sourcesIn(path);
		return path.endsWith('.ts') ? [readProjectFile(path)] : [];
	});
}

/** All texts of the code, those that go over several lines joined, and values as `...`. */
const texts = [...sourcesIn('client'), ...sourcesIn('nodes')]
	.join('\n')
	.replace(/['`] \+\s*['`]/g, '')
	.replace(/\$\{[^}]*\}/g, '...');

describe('the log lines that operators are told to look for', () => {
	it('are there', () => {
		expect(quoted.length).toBeGreaterThan(5);
	});

	it.each(quoted)('"%s" is written by the code', (line) => {
		const missing = line.split('...').filter((part) => !texts.includes(part.trim()));
		expect(missing).toEqual([]);
	});
});
