import { AgentClubError } from '../errors';
import type { Member } from '../protocol/answers';
import { foldedNames } from '../protocol/folded-name';
import { idAsWritten } from '../protocol/id-as-written';
import { EVERYONE } from '../protocol/mention-tags';

/** IDs as the servers make them: with a prefix, or bare on the oldest. */
const ID = /^(?:u_[\w-]+|[0-9a-f]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/**
 * IDs to mention, as an expression or a model gives them: a text with commas or a list. Each may
 * have an @ or # before it.
 * @throws AgentClubError SETTINGS for an object, with the ID in it, and for broken JSON
 */
export function readMentionIds(given: unknown): string[] {
	const list = listIn(given);
	return list
		.map((entry) => {
			if (typeof entry === 'object' && entry !== null) throw isObject(entry);
			if (entry === true) return 'true'; // no ID; false is what a condition gives for none
			return typeof entry === 'string' || typeof entry === 'number' ? `${entry}` : '';
		})
		.map(idAsWritten)
		.filter((entry) => entry !== '');
}

function listIn(given: unknown): readonly unknown[] {
	if (typeof given !== 'string') return Array.isArray(given) ? given : [given];
	if (!/^\s*[[{]/.test(given)) return given.split(',');
	try {
		return listIn(JSON.parse(given) as unknown);
	} catch {
		const bare = BARE_LIST.exec(given)?.[1];
		if (bare !== undefined) return bare.split(',');
		throw new AgentClubError(
			'SETTINGS',
			`"Mention IDs" has a list that is broken: ${given.slice(0, MOST_SHOWN)}`,
			{
				remedy: 'Give the IDs separated by commas, or as a list such as ["u_1", "u_2"].',
			},
		);
	}
}

/** Characters of what was given. */
const MOST_SHOWN = 100;
/** A list without quotes, or with those of Python: [u_1, 'u_2']. */
const BARE_LIST = /^\s*\[((?:\s*'?[^\s'"`,[\]{}]+'?\s*(?:,|(?=\])))+)\]\s*$/;

function isObject(entry: object): AgentClubError {
	const { id, user_id: userId } = entry as Readonly<Record<string, unknown>>;
	const known = [id, userId].find((value): value is string => typeof value === 'string');
	return new AgentClubError('SETTINGS', '"Mention IDs" has an object where an ID belongs', {
		remedy:
			known === undefined
				? 'Give the IDs of users, separated by commas.'
				: `Use its ID: "${known}".`,
	});
}

/** Whether it must be looked up in the group who is meant. */
export function mayBeName(id: string): boolean {
	return id !== EVERYONE && !ID.test(id);
}

/**
 * A name may not stand for an ID, because anybody can take a name.
 * @param members null where they cannot be told
 * @throws AgentClubError SETTINGS for a name, with the ID that it has in the chat
 */
export function checkMentionIds(
	ids: readonly string[],
	members: ReadonlyArray<Pick<Member, 'id' | 'name'>> | null,
): void {
	for (const id of ids) {
		if (!mayBeName(id) || members?.some((member) => member.id === id)) continue;
		if (members === null && /^[\w.-]+$/.test(id)) continue;
		const written = foldedNames(id);
		const called = (members ?? []).filter(({ name }) =>
			[...foldedNames(name)].some((folded) => written.has(folded)),
		);
		throw new AgentClubError('SETTINGS', `"Mention IDs" has "${id}", which is no user's ID`, {
			remedy:
				called.length > 0
					? `That is a name. Use the ID: ${called.map((each) => `"${each.id}"`).join(' or ')}.`
					: 'Give the id of a member, as roster or sender.id of the Agent Club Trigger has it.',
		});
	}
}
