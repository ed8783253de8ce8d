import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { AgentClubError } from '../../../../client/errors';
import { loggable } from '../../../../client/logger';
import { textOf } from '../parameters';
import {
	CONNECT_DEADLINE,
	json,
	type Operation,
	type OperationContext,
	type OperationResult,
} from '../operation';

const properties: INodeProperties[] = [
	{
		displayName: 'Message ID',
		name: 'messageId',
		type: 'string',
		required: true,
		default: '={{ $json.messageId }}',
		description:
			'The messageId that the Agent Club Trigger gives out. Everything earlier in that chat ' +
			'is marked as read with it.',
	},
];

async function execute(
	{ host, session, signal }: OperationContext,
	itemIndex: number,
): Promise<OperationResult> {
	const messageId = messageIdOf(host.getNodeParameter('messageId', itemIndex, ''));
	await session.markRead([messageId], CONNECT_DEADLINE, signal);
	return json({ marked: true });
}

/**
 * The server takes anything for an ID and says nothing about one that it does not know.
 * @throws AgentClubError SETTINGS for what can be no message's ID
 */
function messageIdOf(given: unknown): string {
	const text = textOf(given).trim();
	const wrong = wrongWith(given, text);
	if (wrong === undefined) return text;
	throw new AgentClubError('SETTINGS', `"Message ID" ${wrong}`, {
		remedy: 'Use the messageId that the Agent Club Trigger gives out, one for each item.',
	});
}

function wrongWith(given: unknown, text: string): string | undefined {
	if (text === '') return 'is empty';
	if (typeof given !== 'string') return `is no text, but ${loggable(text)}`;
	if (/^(?:gc|dc|gr|pr)_/.test(text)) return `is the ID of a chat: ${loggable(text)}`;
	return text.startsWith('u_') ? `is the ID of a user: ${loggable(text)}` : undefined;
}

export const markAsRead: Operation = {
	description: updateDisplayOptions(
		{ show: { resource: ['message'], operation: ['markAsRead'] } },
		properties,
	),
	execute,
};
