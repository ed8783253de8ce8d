import type { Clock } from '../clock';
import { mediaAddress } from '../connection/address';
import type { AgentCredentials } from '../connection/credentials';
import type { AgentHttp, HistorySource } from '../http/agent-http';
import { openDownload } from '../http/download';
import type { HttpClient } from '../http/http-client';
import type { AttachmentSource } from '../inbound/item/attachments';
import type { Directory } from '../inbound/item/directory';
import { type Past, pastFrom } from '../inbound/item/past';
import type { AgentContext } from '../inbound/item/prepare';
import type { Logger } from '../logger';
import type { Identity } from '../protocol/frames';

/** What of the agent's session it takes. */
interface AgentParts {
	readonly clock: Clock;
	readonly http: AgentHttp;
	readonly httpClient: HttpClient;
	readonly directory: Directory;
	readonly credentials: AgentCredentials;
	readonly logger: Logger;
}

/**
 * What messages are prepared with, once it is known who the agent is. Each part is made for the
 * first message that needs it.
 */
export class SessionContext implements AgentContext {
	private knownPast: Past | undefined;

	constructor(
		readonly identity: Identity,
		private readonly parts: AgentParts,
	) {}

	get clock(): Clock {
		return this.parts.clock;
	}

	get directory(): Directory {
		return this.parts.directory;
	}

	get past(): Past {
		const { clock, logger } = this.parts;
		this.knownPast ??= pastFrom(this.history, clock, logger);
		return this.knownPast;
	}

	get history(): HistorySource {
		return (chat, request) => this.parts.http.history(chat, request);
	}

	get files(): AttachmentSource {
		const {
			credentials: { address },
			httpClient,
		} = this.parts;
		return {
			address: (fileUrl) => mediaAddress(address, fileUrl),
			open: (media, fileName, limits) => openDownload(httpClient, media, fileName, limits),
		};
	}
}
