import { AgentClubError } from '../errors';
import type { Member } from '../protocol/answers';
import { type IdField, idOfName, idsAsWritten } from '../protocol/id-as-written';
import { EVERYONE } from '../protocol/mention-tags';

/** IDs as the servers make them: with a prefix, or bare on the oldest. */
const ID = /^(?:u_[\w-]+|[0-9a-f]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

const FIELD: Omit<IdField, 'name'> = {
	keys: ['id', 'user_id', 'userId'],
	examples: ['u_1', 'u_2'],
	takes: 'the IDs of users, separated by commas',
};

/**
 * IDs to mention, as `idsAsWritten` reads them.
 * @param field as the editor calls it, for errors
 * @throws AgentClubError SETTINGS
 */
export function readMentionIds(given: unknown, field = 'Mention IDs'): string[] {
	return idsAsWritten(given, { ...FIELD, name: field });
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
	field = 'Mention IDs',
): void {
	for (const id of ids) {
		if (!mayBeName(id) || members?.some((member) => member.id === id)) continue;
		if (members === null && /^[\w.-]+$/.test(id)) continue;
		throw new AgentClubError('SETTINGS', `"${field}" has "${id}", which is no user's ID`, {
			remedy:
				idOfName(id, members ?? []) ??
				'Give the id of a member, as roster or sender.id of the Agent Club Trigger has it.',
		});
	}
}
