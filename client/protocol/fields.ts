import * as z from 'zod/v4-mini';

/**
 * Fields as the servers really send them (`test/contract/messages.test.ts`). A sender may put null
 * or a number instead of a text, and the server passes it on. Flags are the numbers 0 and 1, never
 * booleans. `mentions` is a list on the wire and a JSON string in the history.
 */

/**
 * Longer than any id of any server generation (34 characters); keeps hostile ids out of keys and
 * logs.
 */
const LONGEST_ID = 200;

/** Not with NUL: no server makes such an ID, and PostgreSQL could not store it. */
export function isId(value: unknown): value is string {
	return (
		typeof value === 'string' && value !== '' && value.length <= LONGEST_ID && !value.includes('\0')
	);
}

/**
 * A text; null and absent become "", numbers and booleans their decimal form. Undefined for
 * anything else. Without NUL, which PostgreSQL cannot store, so that a memory in it would fail.
 */
export function readText(value: unknown): string | undefined {
	if (typeof value === 'string') return withoutNul(value);
	if (value === null || value === undefined) return '';
	return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

export function withoutNul(text: string): string {
	return text.includes('\0') ? text.replaceAll('\0', '') : text;
}

/** A 0/1 flag; true, "1" and the like count as well. */
export function readFlag(value: unknown): boolean {
	return value === true || value === 1 || value === '1';
}

/** The last second that a JavaScript date can hold: a later one could not become an item. */
const LAST_SECOND = 8.64e12;

/** Seconds since 1970 as a float with microseconds, kept exactly as it came. */
export function isSeconds(value: unknown): value is number {
	return typeof value === 'number' && value >= 0 && value <= LAST_SECOND;
}

export function readMentions(value: unknown): readonly string[] {
	const list: unknown = typeof value === 'string' ? parseJson(value) : value;
	if (!Array.isArray(list)) return [];
	// The list as it came, nearly always. A filtered one takes 150 bytes more for each message that
	// waits.
	return list.every(isMention) ? list : list.filter(isMention);
}

function isMention(entry: unknown): entry is string {
	return typeof entry === 'string' && entry !== '' && !entry.includes('\0');
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined; // not a list, then: the message counts as one without mentions
	}
}

/* The same for schemas. */

export const idField = z.string().check(z.refine(isId));

export const textField = z.pipe(
	z.unknown().check(z.refine((value) => readText(value) !== undefined)),
	z.transform((value) => readText(value) ?? ''),
);

export const flagField = z.pipe(z.unknown(), z.transform(readFlag));

export const secondsField = z.number().check(z.refine(isSeconds));

/** Where and why a value does not fit its schema, in one short line. */
export function describeIssues(error: z.core.$ZodError): string {
	return error.issues
		.slice(0, 3)
		.map(
			(issue) =>
				`${issue.path.map(String).join('.') || 'value'}: ` +
				(issue.code === 'invalid_type' ? `expected ${issue.expected}` : 'unreadable'),
		)
		.join('; ');
}
