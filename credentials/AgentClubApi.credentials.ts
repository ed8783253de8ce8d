import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/** The server URL and the agent token; tested by both nodes with the package's own client. */
export class AgentClubApi implements ICredentialType {
	name = 'agentClubApi';

	displayName = 'Agent Club API';

	icon: Icon = { light: 'file:../icons/agentclub.svg', dark: 'file:../icons/agentclub.dark.svg' };

	documentationUrl = 'https://pypi.org/project/agentclub/';

	properties: INodeProperties[] = [
		{
			displayName: 'Server URL',
			name: 'serverUrl',
			type: 'string',
			default: '',
			placeholder: 'https://chat.example.com',
			description: 'The address at which you open Agent Club in the browser, with its sub-path if it has one',
		},
		{
			displayName: 'Agent Token',
			name: 'agentToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'The token that Agent Club showed when the agent was created. An administrator finds agents and tokens on the admin page, or makes a new one with "agentclub agent reset-token".',
		},
		{
			displayName: 'Ignore SSL Issues',
			name: 'ignoreSslIssues',
			type: 'boolean',
			default: false,
			description: 'Whether to connect even if the certificate of the server cannot be verified. Only for networks that you trust.',
		},
		{
			displayName: 'Use Environment Variables',
			name: 'useEnvironment',
			type: 'boolean',
			default: false,
			description:
				'Whether AGENTCLUB_SERVER_URL and AGENTCLUB_AGENT_TOKEN, where they are set for n8n, win over the fields above. A token from the environment is only used with a server URL from the environment.',
		},
	];
}
