import { wrongValue } from './one-of';

const WORDS: ReadonlyMap<string, boolean> = new Map([
	['true', true],
	['false', false],
	['1', true],
	['0', false],
]);

/**
 * The value of a switch; an expression or a model may give its word or a number.
 * @throws AgentClubError SETTINGS for anything else, which would silently mean no or yes
 */
export function flagOf(field: string, value: unknown, fallback: boolean): boolean {
	if (value === undefined || value === null || value === '') return fallback;
	const flag = typeof value === 'object' ? undefined : WORDS.get(wordOf(value));
	if (flag !== undefined) return flag;
	throw wrongValue(field, value, ['true', 'false']);
}

function wordOf(value: unknown): string {
	return String(value).trim().toLowerCase();
}
