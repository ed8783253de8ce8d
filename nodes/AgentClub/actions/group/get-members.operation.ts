import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { AgentClubError } from '../../../../client/errors';
import { toChatReference } from '../../../../client/protocol/chat-reference';
import { rosterEntry } from '../../../shared/roster-entry';
import { askAbout } from '../../chats/access';
import { chosenChat, groupField } from '../../chats/target';
import {
	CONNECT_DEADLINE,
	json,
	type Operation,
	type OperationContext,
	type OperationResult,
} from '../operation';

const properties: INodeProperties[] = [groupField];

async function execute(context: OperationContext, itemIndex: number): Promise<OperationResult> {
	const { session, signal } = context;
	const chat = await chosenChat(context, itemIndex, 'Group');
	if (chat.type !== 'group') {
		throw new AgentClubError(
			'SETTINGS',
			`A direct chat has no members, and "${toChatReference(chat)}" is one`,
			{ remedy: 'Choose a group.' },
		);
	}
	await session.whenReady(CONNECT_DEADLINE, signal);
	const selfId = session.identity?.userId ?? '';
	const asking = session.ask(() => session.http.members(chat.id), signal);
	return (await askAbout(chat, asking)).map((member) => json(rosterEntry(member, selfId)));
}

export const getMembers: Operation = {
	description: updateDisplayOptions(
		{ show: { resource: ['group'], operation: ['getMembers'] } },
		properties,
	),
	execute,
};
