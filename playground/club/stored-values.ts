import type { Traits } from './generations';

/**
 * What makes the real server's handler raise: the client gets no answer at all, and the socket
 * stays up.
 */
export class Unanswered extends Error {}

/**
 * What the database makes of a field that a client sent, whatever its type.
 * @param fallback what Peewee's generation stores for an empty value
 * @throws Unanswered where the database cannot take the value
 */
export function storedText(
	value: unknown,
	fallback: string,
	storage: Traits['storage'],
): string | null {
	if (typeof value === 'string' && !value.isWellFormed())
		throw new Unanswered('half a character cannot be stored');
	return storage === 'sqlite' ? boundText(value) : isFalsy(value) ? fallback : pythonText(value);
}

function boundText(value: unknown): string | null {
	if (value === null || typeof value === 'string') return value;
	if (typeof value === 'boolean') return value ? '1' : '0';
	if (typeof value === 'number') return String(value);
	throw new Unanswered('a list or an object cannot be bound');
}

/** Empty in Python's sense: lists and objects without entries too. */
export function isFalsy(value: unknown): boolean {
	if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
	return !value;
}

function pythonText(value: unknown): string {
	return typeof value === 'string' ? value : pythonNotation(value);
}

/** Of what JSON can carry. */
function pythonNotation(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(pythonNotation).join(', ')}]`;
	if (typeof value === 'object' && value !== null) return `{${pythonEntries(value)}}`;
	if (typeof value === 'boolean') return value ? 'True' : 'False';
	if (typeof value === 'number') return String(value);
	return typeof value === 'string' ? `'${value}'` : 'None';
}

function pythonEntries(value: object): string {
	return Object.entries(value)
		.map(([key, entry]) => `'${key}': ${pythonNotation(entry)}`)
		.join(', ');
}
