import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { PROJECT, readProjectFile, tableRows } from '../../support/markdown';

/**
 * docs/tested-behaviours.md names a test for each behaviour: `folder/file`, and perhaps "words of
 * its name" after it. A test that was renamed or removed has to be followed there.
 */
interface NamedTest {
	behaviour: string;
	file: string;
	quotes: string[];
}

/** A path below test/, or words between straight quotation marks. */
const PATH_OR_QUOTE = /`((?:unit|client|contract|faults|e2e|browser)\/[\w/.-]+)`|"([^"]+)"/g;

const named = tableRows(readProjectFile('docs/tested-behaviours.md')).flatMap(
	([behaviour = '', cell = '']) => namedTests(behaviour, cell),
);

function namedTests(behaviour: string, cell: string): NamedTest[] {
	const tests: NamedTest[] = [];
	for (const [, path, quote] of cell.matchAll(PATH_OR_QUOTE)) {
		if (path !== undefined) tests.push({ behaviour, file: `test/${path}.test.ts`, quotes: [] });
		else if (quote !== undefined) tests.at(-1)?.quotes.push(quote);
	}
	return tests;
}

const knownNames = new Map<string, string[]>();

/** The full name of each describe, it and test of a file: those around it, then its own. */
function fullNames(file: string): string[] {
	const known = knownNames.get(file);
	if (known) return known;
	const names: string[] = [];
	knownNames.set(file, names);
	const visit = (node: ts.Node, around: string): void => {
		const title = titleOf(node);
		const name = title === undefined ? around : `${around} ${title}`;
		if (title !== undefined) {
			const cases = casesOf(node).map((each) => `${around} ${title.replace('%s', each)}`);
			names.push(name, ...cases);
		}
		ts.forEachChild(node, (child) => visit(child, name));
	};
	visit(ts.createSourceFile(file, readProjectFile(file), ts.ScriptTarget.Latest, true), '');
	return names;
}

/** The title of a call such as it('...'), itIfManaged('...') or describe.each(cases)('...'). */
function titleOf(node: ts.Node): string | undefined {
	if (!ts.isCallExpression(node)) return undefined;
	if (!/^(describe|it(If\w+)?|test)\b/.test(node.expression.getText())) return undefined;
	const [title] = node.arguments;
	if (!title) return undefined;
	if (ts.isStringLiteralLike(title)) return title.text;
	return ts.isTemplateExpression(title) ? title.getText().slice(1, -1) : undefined;
}

/** The texts in the table of it.each(table)('...'), one of which stands for %s. */
function casesOf(node: ts.Node): string[] {
	if (!ts.isCallExpression(node) || !ts.isCallExpression(node.expression)) return [];
	const texts: string[] = [];
	const visit = (part: ts.Node): void => {
		if (ts.isStringLiteralLike(part)) texts.push(part.text);
		ts.forEachChild(part, visit);
	};
	node.expression.arguments.forEach(visit);
	return texts;
}

describe('the page of tested behaviours', () => {
	it('names tests', () => {
		expect(named.length).toBeGreaterThan(50);
	});

	it.each(named)('names a file that exists: $file ($behaviour)', ({ file }) => {
		expect(existsSync(join(PROJECT, file))).toBe(true);
	});

	it.each(named.filter(({ quotes }) => quotes.length > 0))(
		'quotes tests that $file has ($behaviour)',
		({ file, quotes }) => {
			const names = fullNames(file);
			const missing = quotes.filter((quote) => !names.some((name) => name.includes(quote)));

			expect(missing).toEqual([]);
		},
	);
});
