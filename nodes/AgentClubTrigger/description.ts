import type { INodeProperties } from 'n8n-workflow';

/** The trigger's fields in the editor. */

const DYNAMIC =
	'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>';

const options: INodeProperties[] = [
	{
		displayName: 'Binary Property Name',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		description: 'The binary field for the first file of a message; further ones get _1, _2 and so on appended',
	},
	{
		displayName: 'Chat Names or IDs',
		name: 'chats',
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod: 'loadChats' },
		default: [],
		description: `Listen only to these chats; none means all. What is said in others stays unread. ${DYNAMIC}.`,
	},
	{
		displayName: 'Download Attachments',
		name: 'downloadAttachments',
		type: 'options',
		options: [
			{ name: 'All Files', value: 'all' },
			{ name: 'Images Only', value: 'images' },
			{ name: 'None', value: 'none', description: 'The item still names each file; the File: Download operation fetches it when needed' },
		],
		default: 'all',
		description:
			'Which files come along as binary data. n8n does not remove what a trigger has downloaded when it prunes executions; choose None and download in the workflow if that matters.',
	},
	{
		displayName: 'Failure Reply',
		name: 'failureReply',
		type: 'string',
		default: '',
		placeholder: 'e.g. Sorry, something went wrong.',
		description: 'Sent to the chat when the workflow has failed for a message, for good. Only where reading waits for the execution.',
	},
	{
		displayName: 'Ignore @all',
		name: 'ignoreMentionAll',
		type: 'boolean',
		default: false,
		description: 'Whether a mention of everybody does not count as a mention of the agent',
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
		displayName: 'Lane Timeout',
		name: 'laneTimeout',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 600,
		description:
			'Seconds that a chat waits for one execution before its next message is worked on. The execution itself is not stopped. Unless it is set here, the timeout of the workflow and 30 seconds count, or 600 seconds.',
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
			{ name: 'As a Field', value: 'field', description: 'Under mentionGuide, for the system message of an AI Agent' },
			{ name: 'At the End of the Chat Input', value: 'chatInput', description: 'The chat input then also keeps the mention tags' },
			{ name: 'Off', value: 'off' },
		],
		default: 'field',
		description: 'Where the explanation goes that tells a language model who is in the chat and how to mention people',
	},
	{
		displayName: 'Parallel Executions',
		name: 'parallelExecutions',
		type: 'number',
		typeOptions: { minValue: -1 },
		default: 20,
		description:
			'How many executions of this trigger may run at the same time, over all chats; -1 is no limit. Messages of the same chat always wait for one another, except where they are marked as read immediately.',
	},
	{
		displayName: 'Retries',
		name: 'retries',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 3,
		displayOptions: { show: { '/acknowledge': ['onSuccess'] } },
		description: 'How often a failed execution is repeated before the message is given up, marked as read and logged',
	},
	{
		displayName: 'Retry Delay',
		name: 'retryDelay',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 5,
		displayOptions: { show: { '/acknowledge': ['onSuccess'] } },
		description: 'Seconds before a failed execution is repeated',
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
		description: 'Whether the chat input of a message from a group begins with the name of its sender',
	},
	{
		displayName: 'Show Typing',
		name: 'showTyping',
		type: 'boolean',
		default: true,
		description: 'Whether the chat sees the agent typing while its message is worked on',
	},
];

export const triggerProperties: INodeProperties[] = [
	{
		displayName: 'Allow From Names or IDs',
		name: 'allowFrom',
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod: 'loadPeople' },
		required: true,
		default: [],
		description: `Whose messages may start the workflow. "Anyone" lets everybody through; an empty list nobody. ${DYNAMIC}.`,
	},
	{
		displayName: 'Allow From Kind',
		name: 'allowFromKind',
		type: 'multiOptions',
		options: [
			{ name: 'Agents', value: 'agent', description: 'Other agents. Two agents that answer each other do so without end.' },
			{ name: 'Anyone', value: '*' },
			{ name: 'Humans', value: 'human' },
		],
		required: true,
		default: [],
		description: 'Which kinds of senders may start the workflow. A sender has to pass both lists.',
	},
	{
		displayName: 'Require Mention',
		name: 'requireMention',
		type: 'boolean',
		default: true,
		description: 'Whether messages in groups count only if they mention the agent or everybody. Direct chats always count.',
	},
	{
		displayName: 'Mark as Read',
		name: 'acknowledge',
		type: 'options',
		options: [
			{
				name: 'Immediately',
				value: 'immediately',
				description: 'When it has been handed to n8n: fast, one execution each; a message whose execution fails is not repeated',
			},
			{
				name: 'When the Workflow Calls Mark as Read',
				value: 'manually',
				description: 'By the Mark as Read operation of the Agent Club node; unmarked messages come again after a restart',
			},
			{
				name: 'When the Workflow Has Finished',
				value: 'onCompletion',
				description: 'With success or with an error; a message that was running when n8n stopped comes again',
			},
			{
				name: 'When the Workflow Has Succeeded',
				value: 'onSuccess',
				description: 'A failed execution is repeated a few times first',
			},
		],
		default: 'onCompletion',
		description: 'When a message counts as read. What is unread comes again after a restart of n8n.',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options,
	},
];
