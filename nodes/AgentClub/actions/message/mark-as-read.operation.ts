import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { AgentClubError } from '../../../../client/errors';
import { textParameter } from '../parameters';
import { json, type Operation, type OperationContext, type OperationResult } from '../operation';

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

/** ms. */
const CONNECT_DEADLINE = 60_000;

async function execute(
	{ host, session, signal }: OperationContext,
	itemIndex: number,
): Promise<OperationResult> {
	const messageId = textParameter(host, 'messageId', itemIndex).trim();
	if (!messageId) {
		throw new AgentClubError('SETTINGS', '"Message ID" is empty', {
			remedy: 'Use the messageId that the Agent Club Trigger gives out.',
		});
	}
	await session.markRead([messageId], CONNECT_DEADLINE, signal);
	return json({ marked: true });
}

export const markAsRead: Operation = {
	description: updateDisplayOptions(
		{ show: { resource: ['message'], operation: ['markAsRead'] } },
		properties,
	),
	execute,
};
