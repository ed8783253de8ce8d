import type { IDataObject } from 'n8n-workflow';
import type { Member } from '../../client/protocol/answers';

/** One member of a group, as the trigger and the Get Members operation give it out. */
export function rosterEntry(member: Member, selfId: string): IDataObject {
	return {
		id: member.id,
		name: member.name,
		username: member.username,
		kind: member.kind,
		isSelf: member.id === selfId,
		isOnline: member.isOnline,
	};
}
