import type { INodeProperties } from 'n8n-workflow';

/** The trigger's optional fields in the editor, in alphabetical order as n8n's lint wants them. */
export const optionFields: INodeProperties[] = [
	{
		displayName: 'Agent Turns Reset',
		name: 'agentTurnsReset',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 10,
		description: 'Minutes without a message after which the count of Max Agent Turns begins anew',
	},
	{
		displayName: 'Backlog',
		name: 'backlog',
		type: 'options',
		options: [
			{ name: 'All of It', value: 'all' },
			{ name: 'Only What Is Recent', value: 'recent', description: 'Up to Backlog Max Age' },
			{ name: 'None of It', value: 'skip' },
		],
		default: 'all',
		description:
			'What happens with messages that are unread when n8n starts or the workflow is ' +
			'published. "Only What Is Recent" counts after a lost connection too. What is left ' +
			'out is marked as read.',
	},
	{
		displayName: 'Backlog Max Age',
		name: 'backlogMaxAge',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 1440,
		displayOptions: { show: { backlog: ['recent'] } },
		description: 'Minutes after which an unread message is no longer recent',
	},
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
		displayName: 'Chat Names or IDs',
		name: 'chats',
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod: 'loadChats' },
		default: [],
		description:
			'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
		hint: 'Listen only to these chats; none means all. What is said in others stays unread.',
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
			'How many earlier messages of the chat come along (under context, and at the top of ' +
			'the chat input), as far as they were said after the last answer of the agent. So the ' +
			'agent knows what a group talked about before somebody mentioned it.',
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
		displayName: 'Failure Reply',
		name: 'failureReply',
		type: 'string',
		default: '',
		placeholder: 'e.g. Sorry, something went wrong.',
		description:
			'Sent to the chat when the workflow has failed for a message, for good. Used when Mark ' +
			'as Read waits until the workflow has finished or succeeded.',
	},
	{
		displayName: 'Ignore @All',
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
		displayName: 'Longest Wait for an Execution',
		name: 'laneTimeout',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 600,
		description:
			'Seconds that a chat waits for one execution before its next message is worked on. The ' +
			'execution itself is not stopped, and its end still counts. Unless it is set here, the ' +
			'timeout of the workflow (or of the n8n instance) and 30 seconds count, or 600 seconds.',
	},
	{
		displayName: 'Max Agent Turns',
		name: 'maxAgentTurns',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 20,
		description:
			"How many messages by agents in a row, counted from this agent's own first one, a chat " +
			"may have before agents' messages there are skipped and marked as read, until a person " +
			'writes. It ends conversations of agents that answer each other. 0 is no limit.',
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
			'Where the explanation goes that tells a language model who is in the chat and how to ' +
			'mention people',
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
		displayName: 'Parallel Executions',
		name: 'parallelExecutions',
		type: 'number',
		typeOptions: { minValue: -1 },
		default: 20,
		description:
			'How many executions of this trigger may run at the same time, over all chats; -1 is ' +
			'no limit. Messages of the same chat always wait for one another, except where they ' +
			"are marked as read immediately. n8n's own limit (N8N_CONCURRENCY_PRODUCTION_LIMIT) " +
			'counts for all triggers together.',
	},
	{
		displayName: 'Recent Files',
		name: 'recentFiles',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 5,
		description:
			'Used in groups where a mention is required: files that a person posted up to this ' +
			'many minutes before mentioning the agent come along with the mention, because Agent ' +
			'Club sends a file as a message of its own. 0 is off.',
	},
	{
		displayName: 'Retries',
		name: 'retries',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 3,
		displayOptions: { show: { '/acknowledge': ['onSuccess'] } },
		description:
			'How often a failed execution is repeated before the message is given up, marked as ' +
			'read and logged',
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
		description:
			'Whether the chat input of a message from a group begins with the name of its sender',
	},
	{
		displayName: 'Show Typing',
		name: 'showTyping',
		type: 'boolean',
		default: true,
		description:
			'Whether the chat sees the agent typing while its message is worked on. A message of the ' +
			'agent pauses it there for 5 seconds.',
	},
];
