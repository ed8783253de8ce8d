import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { findChat } from '../../../../client/agent/find-chat';
import { AgentClubError } from '../../../../client/errors';
import { rosterEntry } from '../../../shared/roster-entry';
import { chatField } from '../../chats/target';
import { locatorParameter } from '../parameters';
import { json, type Operation, type OperationContext, type OperationResult } from '../operation';

const properties: INodeProperties[] = [{ ...chatField, displayName: 'Group', description: 'A group that the agent is in' }];

/** ms. */
const CONNECT_DEADLINE = 60_000;

async function execute(context: OperationContext, itemIndex: number): Promise<OperationResult> {
	const { host, session, signal } = context;
	const chat = await findChat(locatorParameter(host, 'chatId', itemIndex), () => context.chats());
	if (chat.type !== 'group') throw new AgentClubError('SETTINGS', 'A direct chat has no members', { remedy: 'Choose a group.' });
	await session.whenReady(CONNECT_DEADLINE, signal);
	const selfId = session.identity?.userId ?? '';
	return (await session.http.members(chat.id)).map((member) => json(rosterEntry(member, selfId)));
}

export const getMembers: Operation = {
	description: updateDisplayOptions({ show: { resource: ['group'], operation: ['getMembers'] } }, properties),
	execute,
};
