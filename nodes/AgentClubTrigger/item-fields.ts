import type { INodeProperties } from 'n8n-workflow';

/** Options that say what the item of a message holds. */
export const itemFields: INodeProperties[] = [
	{
		displayName: 'Binary Property Name',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		description:
			'The binary field for the first file of a message; further ones get _1, _2 and so on ' +
			'appended',
	},
	{
		displayName: 'Collect Max Seconds',
		name: 'collectMaxSeconds',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 30,
		description:
			'Used with Collect Seconds: seconds after which the workflow starts even if the sender ' +
			'still writes',
	},
	{
		displayName: 'Collect Seconds',
		name: 'collectSeconds',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description:
			'Above 0, what one person writes in one go becomes one item: a picture and the ' +
			'question about it, for example. The workflow starts when this many seconds have ' +
			'passed without a further message, and while the person is not typing. 0 starts it for ' +
			'each message at once.',
	},
	{
		displayName: 'Context Messages',
		name: 'contextMessages',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description:
			'How many earlier messages of the chat come along, under context and at the top of ' +
			'the chat input. Only messages after the last answer of the agent count. So the agent ' +
			'knows what a group talked about before somebody mentioned it.',
	},
	{
		displayName: 'Download Attachments',
		name: 'downloadAttachments',
		type: 'options',
		options: [
			{ name: 'All Files', value: 'all' },
			{ name: 'Images Only', value: 'images' },
			{
				name: 'None',
				value: 'none',
				description:
					'The item still names each file; the File: Download operation fetches it when needed',
			},
		],
		default: 'all',
		description:
			'Which files come along as binary data. n8n does not remove what a trigger has ' +
			'downloaded when it prunes executions; choose None and download in the workflow if ' +
			'that matters.',
	},
	{
		displayName: 'Include Raw Message',
		name: 'includeRaw',
		type: 'boolean',
		default: false,
		description: 'Whether the item also holds the message as the server sent it, under raw',
	},
	{
		displayName: 'Include Roster',
		name: 'includeRoster',
		type: 'boolean',
		default: true,
		description: 'Whether each message from a group comes with the list of the members',
	},
	{
		displayName: 'Max Attachment Size',
		name: 'maxAttachmentSize',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 10,
		description: 'Megabytes. Larger files are not downloaded; the item says so.',
	},
	{
		displayName: 'Mention Guide',
		name: 'mentionGuide',
		type: 'options',
		options: [
			{
				name: 'As a Field',
				value: 'field',
				description: 'Under mentionGuide, for the system message of an AI Agent',
			},
			{
				name: 'At the End of the Chat Input',
				value: 'chatInput',
				description: 'The chat input then also keeps the mention tags',
			},
			{ name: 'Off', value: 'off' },
		],
		default: 'field',
		description:
			'Where the explanation goes that tells a language model who is in the chat, how to ' +
			'mention people, and to write only its own words',
	},
	{
		displayName: 'Mention Guide Text',
		name: 'mentionGuideText',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		placeholder: 'e.g. You are {{agent}}. In this group are:\n{{roster}}',
		description:
			'Your own words for the mention guide. {{agent}} becomes the name and ID of the agent, ' +
			'{{roster}} a line for each member. Leave it empty for the usual explanation. Write it ' +
			'as fixed text, not as an expression.',
	},
	{
		displayName: 'Recent Files',
		name: 'recentFiles',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 5,
		description:
			'Used in groups where a mention is required. Files that a person posted up to this ' +
			'many minutes before mentioning the agent come along with the mention. Agent Club ' +
			'sends each file as a message of its own, without a mention. 0 is off.',
	},
	{
		displayName: 'Roster Max Age',
		name: 'rosterMaxAge',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 300,
		description: 'Seconds after which the list of members and the names of chats are fetched again',
	},
	{
		displayName: 'Sender Prefix',
		name: 'senderPrefix',
		type: 'boolean',
		default: true,
		description:
			'Whether the chat input of a message from a group begins with the name of its sender',
	},
];
