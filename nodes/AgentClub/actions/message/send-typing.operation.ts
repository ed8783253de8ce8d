import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import type { AgentSession } from '../../../../client/agent/agent-session';
import { AgentClubError } from '../../../../client/errors';
import type { Chat } from '../../../../client/protocol/chat';
import { checkMembership } from '../../chats/access';
import { targetChat, targetFields } from '../../chats/target';
import {
	CONNECT_DEADLINE,
	type Operation,
	type OperationContext,
	type OperationResult,
} from '../operation';

const properties: INodeProperties[] = [
	...targetFields,
	{
		displayName: 'Seconds',
		name: 'seconds',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 300 },
		default: 5,
		description:
			'How long the chat sees the agent typing, until its next message at most. The workflow does not wait for that.',
	},
];

const LONGEST = 300;

async function execute(context: OperationContext, itemIndex: number): Promise<OperationResult> {
	const { host, session, signal } = context;
	const given: unknown = host.getNodeParameter('seconds', itemIndex, 5);
	const seconds = Number(given);
	if (!(seconds > 0 && seconds <= LONGEST)) {
		throw new AgentClubError('SETTINGS', `"Seconds" has the value ${JSON.stringify(given)}`, {
			remedy: `Give a number from 1 to ${LONGEST}.`,
		});
	}
	const chat = await targetChat(context, itemIndex);
	// The server says nothing of a chat that it does not know, or that is not the agent's.
	checkMembership(chat, await context.chats());
	await session.whenReady(CONNECT_DEADLINE, signal);
	showTyping(session, chat, 1000 * seconds);
	const { json, binary } = host.getInputData()[itemIndex] ?? { json: {} };
	return { json, ...(binary && { binary }) };
}

/**
 * Goes on by itself for so long (ms), until the agent writes there at most; the connection stays
 * open as long.
 */
function showTyping(session: AgentSession, chat: Chat, ms: number): void {
	const release = session.lease();
	const stop = session.inbox.typing.showUntilMessage(chat);
	session.clock.after(
		ms,
		() => {
			stop();
			release();
		},
		{ background: true },
	);
}

export const sendTyping: Operation = {
	description: updateDisplayOptions(
		{ show: { resource: ['message'], operation: ['sendTyping'] } },
		properties,
	),
	execute,
};
