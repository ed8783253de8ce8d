import type { INodeProperties } from 'n8n-workflow';
import { itemFields } from './item-fields';

/** Options that say which messages start the workflow, and how its executions run. */
const runFields: INodeProperties[] = [
	{
		displayName: 'Agent Turns Reset',
		name: 'agentTurnsReset',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 10,
		description: 'Minutes without a message after which the count of Max Agent Turns starts again',
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
			"How many messages by agents in a row a chat may have, counted from this agent's own " +
			"first one. Further agents' messages there are skipped and marked as read until a " +
			'person writes. It ends conversations of agents that answer each other. 0 is no limit.',
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
		displayName: 'Show Typing',
		name: 'showTyping',
		type: 'boolean',
		default: true,
		description:
			'Whether the chat sees the agent typing while its message is worked on. A message of the ' +
			'agent pauses it there for 5 seconds.',
	},
];

/** The trigger's optional fields, in the alphabetical order in which the editor lists them. */
export const optionFields = [...itemFields, ...runFields].sort((one, other) =>
	one.displayName.localeCompare(other.displayName, 'en'),
);
