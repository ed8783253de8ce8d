import {
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type ITriggerResponse,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { agentClubApiTest } from '../shared/credential-test';
import { inOneText, toNodeError } from '../shared/errors';
import { loadChats, loadPeople } from '../shared/loaded-options';
import { nodeLogger } from '../shared/logger';
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
		subtitle: '={{ $parameter["requireMention"] ? "mentions and direct chats" : "every message" }}',
		// The node panel shows this text for both nodes: it lists them as one entry, under the
		// trigger's description.
		description:
			'Start a workflow when somebody writes to your agent in Agent Club, and answer with ' +
			'messages and files',
		eventTriggerDescription: 'Waiting for somebody to write to the agent in Agent Club',
		activationMessage:
			'It now runs for each message to the agent in Agent Club that passes the filters, ' +
			'beginning with those that are still unread.',
		defaults: { name: 'Agent Club Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'agentClubApi', required: true, testedBy: 'agentClubApiTest' }],
		triggerPanel: {
			header: 'Receive messages from Agent Club',
			executionsHelp: {
				inactive:
					'<b>While you build</b>, choose "Execute step", then write to the agent in Agent ' +
					'Club. The step takes one new message that passes the filters, waits five minutes ' +
					'at most, and leaves older ones alone.<br /><br /><b>The agent does not answer by ' +
					'itself yet.</b> Publish the workflow, and it runs for every message; the runs are ' +
					'listed under Executions.',
				active:
					'<b>The workflow is published</b>: it runs for each message that passes the ' +
					'filters, and the runs are listed under Executions.<br /><br /><b>While you build ' +
					'on</b>, "Execute step" takes one new message here; the published version answers ' +
					'it as well. Changes count once you publish again.',
			},
			// Also shown while a step listens: it has to say what to do then.
			activationHint: {
				inactive:
					'Choose "Execute step", then write to the agent in Agent Club: in a direct chat, ' +
					'or in a group with a mention. A test takes one message; to have all of them ' +
					'answered, publish the workflow.',
				active:
					'The workflow is published and runs by itself. To test a change, choose "Execute ' +
					'step" and write to the agent in Agent Club: one message is taken here, and the ' +
					'published workflow answers it too.',
			},
		},
		properties: triggerProperties,
	};

	methods = {
		credentialTest: { agentClubApiTest },
		loadOptions: { loadChats, loadPeople },
	};

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		const logger = nodeLogger(this);
		let failure: unknown;
		try {
			const settings = readSettings(this);
			return this.getMode() === 'manual'
				? testRun(this, settings, logger)
				: await startTrigger(this, settings, logger);
		} catch (error) {
			failure = error;
		}
		const error = toNodeError(this, failure);
		if (this.getMode() === 'manual') throw error;
		// Of a workflow that is published n8n shows the message alone, and not what to do.
		error.message = inOneText(error.message, error.description);
		logger.error(error.message);
		throw error;
	}
}
