import { type AgentCredentials, makeCredentials } from '../../client/connection/credentials';

export const SERVER = 'http://club.test:5555';
export const TOKEN = 'sk_agt_secret';

export function credentialsOf(token = TOKEN, url = SERVER): AgentCredentials {
	return makeCredentials(url, token, false);
}
