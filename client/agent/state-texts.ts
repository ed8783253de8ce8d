import type { ConnectionState } from '../connection/states';

export interface StateText {
	readonly level: 'debug' | 'info' | 'warn' | 'error';
	readonly text: string;
}

/** The log line for a change of state: what is the case, and what to do about it. */
export function describeState(state: ConnectionState, detail: string): StateText {
	switch (state) {
		case 'idle':
		case 'connecting':
			return { level: 'debug', text: 'Connecting to Agent Club' };
		case 'connected':
			return { level: 'info', text: `Connected to Agent Club at ${detail}` };
		case 'renewing':
			return { level: 'info', text: `Connecting to Agent Club anew, on purpose: ${detail}` };
		case 'reconnecting':
			return {
				level: 'warn',
				text: `No connection to Agent Club, trying again until there is one. ${detail}`,
			};
		case 'stalled':
			return {
				level: 'warn',
				text:
					'Agent Club accepts connections but does not complete them, trying again. Is its ' +
					`database locked or its disk full? ${detail}`,
			};
		case 'silent':
			return {
				level: 'warn',
				text: `The connection to Agent Club went silent, connecting again. ${detail}`,
			};
		case 'refused':
			return {
				level: 'error',
				text:
					'Agent Club refuses the agent token. Put the current one into the credential; it is ' +
					`picked up without publishing again. ${detail}`,
			};
		case 'blocked':
			return {
				level: 'error',
				text: `Connecting to Agent Club is blocked, trying again now and then. ${detail}`,
			};
		case 'closed':
			return { level: 'info', text: 'The connection to Agent Club is closed' };
	}
}
