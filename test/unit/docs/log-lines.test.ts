import { readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { PROJECT, readProjectFile, tableRows } from '../../support/markdown';

/**
 * docs/operations.md tells operators which log lines to look for. Each has to be one that the code
 * writes; `...` stands for what differs from line to line.
 */
const page = readProjectFile('docs/operations.md');

const codeIn = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

const inTables = tableRows(page)
	.filter(([where]) => where === 'log')
	.flatMap(([, what = '']) => codeIn(what));

/** What n8n itself writes. */
const OF_N8N = /^Unrecognized node type/;

/** Of paragraphs and list items that speak of a log: what is quoted and is no single word. */
const inProse = page
	.split(/\n\s*\n|\n(?=- )/)
	.map((text) => text.replace(/\s+/g, ' '))
	.filter((text) => !text.startsWith('|') && /\blog\b/.test(text))
	.flatMap(codeIn)
	.filter((code) => code.includes(' ') && !OF_N8N.test(code));

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
		expect(inTables.length).toBeGreaterThan(5);
		expect(inProse).toEqual([
			'[Agent Club] agent "..." on ...: Connected to Agent Club',
			'could not be handed to n8n: ...',
			'The trigger has been closed for 30 s',
		]);
	});

	it.each([...inTables, ...inProse])('"%s" is written by the code', (line) => {
		const parts = line.split(/"?\.{3}"?:?|(?<=^\[Agent Club\]) /);
		const missing = parts.filter((part) => !texts.includes(part.trim()));
		expect(missing).toEqual([]);
	});
});
