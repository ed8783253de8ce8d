import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The folder that holds README.md. */
export const PROJECT = resolve(__dirname, '../..');

/** @param path relative to the project, with slashes */
export function readProjectFile(path: string): string {
	return readFileSync(join(PROJECT, path), 'utf8');
}

/** The cells of each row of all tables of a page, without the head and the line below it. */
export function tableRows(page: string): string[][] {
	const rows: string[][] = [];
	let hasHead = false;
	for (const line of page.split('\n')) {
		if (!line.startsWith('|')) hasHead = false;
		else if (/^\|[-|: ]+\|$/.test(line)) hasHead = true;
		else if (hasHead) rows.push(cellsOf(line));
	}
	return rows;
}

/** A `|` inside of a cell is written `\|`. */
function cellsOf(line: string): string[] {
	return line
		.split(/(?<!\\)\|/)
		.slice(1, -1)
		.map((cell) => cell.trim());
}
