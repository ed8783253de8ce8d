import {
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type ITriggerResponse,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { agentClubApiTest } from '../shared/credential-test';
import { toNodeError } from '../shared/errors';
import { loadChats, loadPeople } from '../shared/loaded-options';
import { hostLogger } from '../shared/logger';
import { triggerProperties } from './description';
import { readSettings } from './settings';
import { startTrigger } from './start';
import { testRun } from './test-run';

/** Starts a workflow for each message that the agent may answer. */
export class AgentClubTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Agent Club Trigger',
		name: 'agentClubTrigger',
		icon: { light: 'file:../../icons/agentclub.svg', dark: 'file:../../icons/agentclub.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["requireMention"] ? "when mentioned" : "every message" }}',
		description: 'Starts the workflow when somebody writes to the agent in Agent Club',
		eventTriggerDescription: 'Waiting for a message to the agent',
		activationMessage: 'The agent now answers in Agent Club.',
		defaults: { name: 'Agent Club Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'agentClubApi', required: true, testedBy: 'agentClubApiTest' }],
		triggerPanel: {
			header: 'Receive messages from Agent Club',
			executionsHelp: {
				inactive:
					'<b>While you build</b>, choose "Execute step" and write to the agent in Agent Club: in a direct chat, or in a group with a mention. One message is taken.<br /><br /><b>To let it answer every message</b>, publish the workflow. It then runs by itself, and the runs are listed under Executions.',
				active:
					'<b>The workflow is published</b>: it runs for each message that passes the filters, and the runs are listed under Executions.<br /><br /><b>While you build</b>, "Execute step" takes one message here as well; the published workflow answers it too.',
			},
			activationHint: 'A test takes one message. Publish the workflow and the agent answers all of them.',
		},
		properties: triggerProperties,
	};

	methods = {
		credentialTest: { agentClubApiTest },
		loadOptions: { loadChats, loadPeople },
	};

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		const logger = hostLogger(this.logger, `workflow "${this.getWorkflow().name ?? ''}", node "${this.getNode().name}"`);
		let failure: unknown;
		try {
			const settings = readSettings(this);
			return this.getMode() === 'manual' ? testRun(this, settings, logger) : await startTrigger(this, settings, logger);
		} catch (error) {
			failure = error;
		}
		throw toNodeError(this.getNode(), failure);
	}
}
