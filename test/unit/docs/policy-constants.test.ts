import * as ts from 'typescript';
import { readProjectFile, tableRows } from '../../support/markdown';

/**
 * docs/policy-constants.md is written by hand and read by people. Each row names the file and the
 * constants; the test reads their values from the source, so that no figure of the page grows old.
 */
const rows = tableRows(readProjectFile('docs/policy-constants.md')).map(
	([what = '', value = '', constant = '', file = '']) => ({
		what,
		values: value.split(';').map((part) => part.trim()),
		constants: constant.split(';').map((part) => part.trim().replace(/`/g, '')),
		file: file.replace(/`/g, ''),
	}),
);

/** What a unit of the page is in the source: ms, bytes, or a plain number. */
const UNITS: Record<string, number> = {
	'': 1,
	ms: 1,
	s: 1000,
	KiB: 1024,
	MiB: 1024 * 1024,
};

/** @throws where the page says a value in a form that nobody can read */
function valueOf(text: string, constant: string): number {
	const [, figure, unit = ''] = /^([\d.,]+)(?: (\S+))?$/.exec(text) ?? [];
	const factor = UNITS[unit];
	if (figure === undefined || factor === undefined) throw new Error(`"${text}" is no value`);
	const inSeconds = unit === 's' && constant.endsWith('_S');
	return Number(figure.replace(/,/g, '')) * (inSeconds ? 1 : factor);
}

/** Every number that a source file gives a name: constants and the fields of object literals. */
function namedNumbers(file: string): Map<string, number> {
	const found = new Map<string, number>();
	const visit = (node: ts.Node): void => {
		const isNamed = ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node);
		if (isNamed && node.initializer) {
			const value = evaluate(node.initializer, found);
			if (value !== undefined) found.set(node.name.getText(), value);
		}
		ts.forEachChild(node, visit);
	};
	visit(ts.createSourceFile(file, readProjectFile(file), ts.ScriptTarget.Latest, true));
	return found;
}

function evaluate(node: ts.Expression, known: Map<string, number>): number | undefined {
	if (ts.isNumericLiteral(node)) return Number(node.text);
	if (ts.isIdentifier(node)) return known.get(node.text);
	if (!ts.isBinaryExpression(node)) return undefined;
	const left = evaluate(node.left, known);
	const right = evaluate(node.right, known);
	if (left === undefined || right === undefined) return undefined;
	if (node.operatorToken.kind === ts.SyntaxKind.AsteriskToken) return left * right;
	if (node.operatorToken.kind === ts.SyntaxKind.PlusToken) return left + right;
	if (node.operatorToken.kind === ts.SyntaxKind.MinusToken) return left - right;
	return undefined;
}

describe('the page of policy constants', () => {
	it('has rows', () => {
		expect(rows.length).toBeGreaterThan(20);
	});

	it.each(rows)('says of "$what" what the source says', ({ values, constants, file }) => {
		const inSource = namedNumbers(file);
		const onPage = constants.map((name, index) => [name, valueOf(values[index] ?? '', name)]);
		const expected = constants.map((name) => [name, inSource.get(name)]);

		expect(values).toHaveLength(constants.length);
		expect(onPage).toEqual(expected);
	});
});
