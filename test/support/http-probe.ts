/** What an HTTP endpoint answered, read to the end. */
export interface Answer {
	readonly status: number;
	readonly headers: Headers;
	readonly text: string;
	/** The body as JSON; throws where it is something else. */
	json(): unknown;
}

/** Plain fetch with an agent's token: the contract suite's HTTP eyes. */
export class HttpProbe {
	constructor(
		private readonly url: string,
		private readonly token: string,
	) {}

	async get(path: string, headers: Record<string, string> = this.authorization): Promise<Answer> {
		return await answerOf(fetch(`${this.url}${path}`, { headers }));
	}

	/** Uploads one file under the name; `field` is the name of the form's field. */
	async upload(
		fileName: string,
		body: string | Buffer = 'content',
		field = 'file',
	): Promise<Answer> {
		const form = new FormData();
		form.append(
			field,
			new Blob([typeof body === 'string' ? body : new Uint8Array(body)]),
			fileName,
		);
		return await this.post('/api/agent/upload', form);
	}

	async post(path: string, body: FormData | string, headers = this.authorization): Promise<Answer> {
		return await answerOf(fetch(`${this.url}${path}`, { method: 'POST', body, headers }));
	}

	private get authorization(): Record<string, string> {
		return { authorization: `Bearer ${this.token}` };
	}
}

async function answerOf(pending: Promise<Response>): Promise<Answer> {
	const response = await pending;
	const text = await response.text();
	return {
		status: response.status,
		headers: response.headers,
		text,
		json: () => JSON.parse(text) as unknown,
	};
}
