import type { Clock } from '../clock';
import { mediaAddress, type ServerAddress } from '../connection/address';
import type { AgentHttp } from '../http/agent-http';
import { openDownload } from '../http/download';
import type { HttpClient } from '../http/http-client';
import type { Directory } from '../inbound/directory';
import { pastFrom } from '../inbound/past';
import type { AgentContext } from '../inbound/prepare';
import type { Logger } from '../logger';
import type { Identity } from '../protocol/frames';

interface AgentParts {
	readonly identity: Identity;
	readonly clock: Clock;
	readonly http: AgentHttp;
	readonly httpClient: HttpClient;
	readonly directory: Directory;
	readonly address: ServerAddress;
	readonly logger: Logger;
}

/** What messages are prepared with, once it is known who the agent is. */
export function agentContext({ identity, clock, http, httpClient, directory, address, logger }: AgentParts): AgentContext {
	return {
		identity,
		clock,
		directory,
		historyBefore: async (chat, before) => (await http.history(chat, { before })).messages,
		past: pastFrom((chat, request) => http.history(chat, request), clock, logger),
		files: {
			address: (fileUrl) => mediaAddress(address, fileUrl),
			open: (media, fileName, limits) => openDownload(httpClient, media, fileName, limits),
		},
	};
}
