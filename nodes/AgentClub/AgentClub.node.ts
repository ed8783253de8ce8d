import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { agentClubApiTest } from '../shared/credential-test';
import * as agent from './actions/agent';
import * as chat from './actions/chat';
import * as file from './actions/file';
import * as group from './actions/group';
import * as message from './actions/message';
import { runOperation } from './actions/router';
import { searchChats, searchGroups, searchPeople } from './methods/list-search';
import { answerQuestion, questionWebhooks } from './questions/webhook';

/** Everything that an agent may do in Agent Club. */
export class AgentClub implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Agent Club',
		name: 'agentClub',
		icon: { light: 'file:../../icons/agentclub.svg', dark: 'file:../../icons/agentclub.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Send messages and files to people and groups in Agent Club',
		defaults: { name: 'Agent Club' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'agentClubApi', required: true, testedBy: 'agentClubApiTest' }],
		webhooks: questionWebhooks,
		waitingNodeTooltip: '={{ "The question has been asked. Somebody answers it in the chat" }}',
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Agent', value: 'agent' },
					{ name: 'Chat', value: 'chat' },
					{ name: 'File', value: 'file' },
					{ name: 'Group', value: 'group' },
					{ name: 'Message', value: 'message' },
				],
				default: 'message',
			},
			...agent.description,
			...chat.description,
			...file.description,
			...group.description,
			...message.description,
		],
	};

	methods = {
		credentialTest: { agentClubApiTest },
		listSearch: { searchChats, searchGroups, searchPeople },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this);
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await answerQuestion(this);
	}
}
