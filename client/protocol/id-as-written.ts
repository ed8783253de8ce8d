import { AgentClubError } from '../errors';
import { loggable } from '../logger';
import { foldedNames } from './folded-name';

/** An ID as people and models write it: with an @ or # before it, or in quotes. */
export function idAsWritten(text: string): string {
	return text.replace(/^[\s@＠#"'`]+|[\s"'`]+$/g, '');
}

/** What an ID is of. */
export type IdKind = 'chat' | 'user' | 'message';

/** What an ID says by its prefix; undefined for a bare one of the oldest servers. */
export function kindOfId(id: string): IdKind | undefined {
	if (/^(?:gc|dc|gr|pr)_/.test(id)) return 'chat';
	if (id.startsWith('u_')) return 'user';
	return id.startsWith('msg_') ? 'message' : undefined;
}

/**
 * The advice where a name is given in place of an ID, as language models like to do. A name may not
 * stand for the ID: anybody can take one.
 * @returns undefined where nothing is called so
 */
export function idOfName(
	given: string,
	named: ReadonlyArray<{ readonly id: string; readonly name: string }>,
): string | undefined {
	const written = new Set([...foldedNames(given), ...foldedNames(idAsWritten(given))]);
	const ids = named
		.filter(({ name }) => [...foldedNames(name)].some((folded) => written.has(folded)))
		.map(({ id }) => `"${id}"`);
	return ids.length > 0 ? `That is a name. Use the ID: ${ids.join(' or ')}.` : undefined;
}

/** A field of a node that takes IDs. */
export interface IdField {
	/** As the editor calls it. */
	readonly name: string;
	/** Where an object that is given in place of its ID has it. */
	readonly keys: readonly string[];
	/** Two IDs, for an error's advice. */
	readonly examples: readonly [string, string];
	/** What to give, for an error's advice: "the IDs of users, separated by commas". */
	readonly takes: string;
}

/**
 * IDs as an expression or a model gives them: a text with commas, a list, or a list in JSON. Each
 * may have an @ or # before it.
 * @throws AgentClubError SETTINGS for an object, with the ID in it, and for broken JSON
 */
export function idsAsWritten(given: unknown, field: IdField): string[] {
	return listIn(given, field)
		.map((entry) => {
			if (typeof entry === 'object' && entry !== null) throw isObject(entry, field);
			if (entry === true) return 'true'; // no ID; false is what a condition gives for none
			return typeof entry === 'string' || typeof entry === 'number' ? `${entry}` : '';
		})
		.map(idAsWritten)
		.filter((entry) => entry !== '');
}

function listIn(given: unknown, field: IdField): readonly unknown[] {
	if (typeof given !== 'string') return Array.isArray(given) ? given : [given];
	if (!/^\s*[[{]/.test(given)) return given.split(',');
	try {
		return listIn(JSON.parse(given) as unknown, field);
	} catch {
		const bare = BARE_LIST.exec(given)?.[1];
		if (bare !== undefined) return bare.split(',');
		throw new AgentClubError(
			'SETTINGS',
			`"${field.name}" has a list that is broken: ${given.slice(0, MOST_SHOWN)}`,
			{
				remedy:
					'Give the IDs separated by commas, or as a list such as ' +
					`${JSON.stringify(field.examples).replace(',', ', ')}.`,
			},
		);
	}
}

/** Characters of what was given. */
const MOST_SHOWN = 100;
/** A list without quotes, or with those of Python: [u_1, 'u_2']. */
const BARE_LIST = /^\s*\[((?:\s*'?[^\s'"`,[\]{}]+'?\s*(?:,|(?=\])))+)\]\s*$/;

function isObject(entry: object, { name, keys, takes }: IdField): AgentClubError {
	const fields = entry as Readonly<Record<string, unknown>>;
	const known = keys.map((key) => fields[key]).find((value) => typeof value === 'string');
	return new AgentClubError('SETTINGS', `"${name}" has an object where an ID belongs`, {
		remedy: known === undefined ? `Give ${takes}.` : `Use its ID: "${loggable(known)}".`,
	});
}
