import { type Socket, io } from 'socket.io-client';

/**
 * A browser that somebody is logged in with: the session cookie, and what the server's own page
 * does with it.
 */
export class BrowserSession {
	private constructor(
		private readonly url: string,
		private readonly cookie: string,
		readonly userId: string,
	) {}

	/** Logs in, or registers (which logs in too); throws when the server says no. */
	static async open(
		url: string,
		page: 'login' | 'register' | 'playground/login',
		form: Record<string, string>,
	): Promise<BrowserSession> {
		const response = await fetch(`${url}/api/${page}`, jsonRequest('POST', form));
		const user = (await readJson(response)) as { id: string };
		const cookie = response.headers.getSetCookie().map((line) => line.split(';', 1)[0]);
		return new BrowserSession(url, cookie.join('; '), user.id);
	}

	/** A request of the server's page; answers the JSON, throws for a status other than 2xx. */
	async request(method: string, path: string, body?: object): Promise<unknown> {
		const request = body instanceof FormData ? { method, body } : jsonRequest(method, body);
		const headers = { ...('headers' in request ? request.headers : {}), cookie: this.cookie };
		return await readJson(await fetch(`${this.url}${path}`, { ...request, headers }));
	}

	/**
	 * The page's socket, not connected yet.
	 * @param path for a server that lies under a path of its origin
	 */
	socket(address = this.url, path = '/socket.io/'): Socket {
		return io(address, {
			path,
			transports: ['websocket'],
			forceNew: true,
			autoConnect: false,
			extraHeaders: { cookie: this.cookie },
		});
	}
}

function jsonRequest(method: string, body?: object) {
	if (body === undefined) return { method };
	return { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

async function readJson(response: Response): Promise<unknown> {
	const text = await response.text();
	if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text}`);
	return JSON.parse(text) as unknown;
}
