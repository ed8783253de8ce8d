import type { INodeProperties } from 'n8n-workflow';
import { optionFields } from './option-fields';

/** The trigger's fields in the editor. */

export const triggerProperties: INodeProperties[] = [
	{
		displayName: 'Allow From Names or IDs',
		name: 'allowFrom',
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod: 'loadPeople' },
		required: true,
		default: [],
		description:
			'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
		hint:
			'Whose messages may start the workflow: "Anyone" lets everybody through, an empty list ' +
			'nobody',
	},
	{
		displayName: 'Allow From Kind',
		name: 'allowFromKind',
		type: 'multiOptions',
		options: [
			{ name: 'Humans', value: 'human' },
			{
				name: 'Agents',
				value: 'agent',
				description:
					'Other agents. Max Agent Turns ends conversations of agents that answer each other.',
			},
			{ name: 'Anyone', value: '*', description: 'Humans and agents' },
		],
		required: true,
		default: [],
		description: 'Which kinds of senders may start the workflow',
		hint: 'A sender has to pass both lists',
	},
	{
		displayName: 'Require Mention',
		name: 'requireMention',
		type: 'boolean',
		default: true,
		description:
			'Whether messages in groups count only if they mention the agent or everybody. A ' +
			'mention is chosen from the list that Agent Club shows after @. A name that you only ' +
			'type does not count. Direct chats always count.',
	},
	{
		displayName: 'Mark as Read',
		name: 'acknowledge',
		type: 'options',
		options: [
			{
				name: 'When the Workflow Has Finished',
				value: 'onCompletion',
				description:
					'With success or with an error; a message that was running when n8n stopped comes again',
			},
			{
				name: 'When the Workflow Has Succeeded',
				value: 'onSuccess',
				description: 'A failed execution is repeated a few times first',
			},
			{
				name: 'Immediately',
				value: 'immediately',
				description:
					'When it has been handed to n8n: fast, one execution each; a message whose ' +
					'execution fails is not repeated',
			},
			{
				name: 'When the Workflow Calls Mark as Read',
				value: 'manually',
				description:
					'By the Mark as Read operation of the Agent Club node; unmarked messages come ' +
					'again after a restart',
			},
		],
		default: 'onCompletion',
		description:
			'When a message counts as read. What is unread comes again after a restart of n8n.',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: optionFields,
	},
];
