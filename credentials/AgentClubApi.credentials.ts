import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/** The server URL and the agent token; tested by both nodes with the package's own client. */
export class AgentClubApi implements ICredentialType {
	name = 'agentClubApi';

	displayName = 'Agent Club API';

	icon: Icon = { light: 'file:../icons/agentclub.svg', dark: 'file:../icons/agentclub.dark.svg' };

	documentationUrl =
		'https://www.npmjs.com/package/n8n-nodes-agentclub#where-the-agent-token-comes-from';

	properties: INodeProperties[] = [
		{
			displayName: 'Server URL',
			name: 'serverUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://chat.example.com',
			description:
				'The address at which you open Agent Club in the browser, with its sub-path if it has one',
		},
		{
			displayName: 'Agent Token',
			name: 'agentToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			placeholder: 'e.g. sk_agt_...',
			description:
				'The token that Agent Club showed when the agent was created. Each agent has its ' +
				'own, and the nodes speak for that agent.',
			hint:
				'An administrator sees it on the admin page when the agent is made; "agentclub agent ' +
				'reset-token NAME" makes a new one',
		},
		{
			displayName: 'Ignore SSL Issues',
			name: 'ignoreSslIssues',
			type: 'boolean',
			default: false,
			description:
				'Whether to connect even if the certificate of the server cannot be verified. Only ' +
				'for networks that you trust.',
		},
		{
			displayName: 'Use Environment Variables',
			name: 'useEnvironment',
			type: 'boolean',
			default: false,
			description:
				'Whether AGENTCLUB_SERVER_URL and AGENTCLUB_AGENT_TOKEN, where they are set for n8n, ' +
				'win over the fields above. A token from the environment is only used with a server ' +
				'URL from the environment.',
		},
	];
}
