import type { ServerResponse } from 'node:http';

export interface Answer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | Buffer;
	/** Whether the connection is destroyed behind it, with whatever the client is still sending. */
	readonly hangsUp?: boolean;
}

/** The framework's own refusals, which are pages and not JSON. */
const pages: Readonly<Record<number, readonly [title: string, text: string]>> = {
	404: ['Not Found', 'There is nothing at this address.'],
	405: ['Method Not Allowed', 'This address does not take that method.'],
	413: ['Request Entity Too Large', 'The request is larger than the server accepts.'],
	416: ['Requested Range Not Satisfiable', 'That range cannot be served.'],
};

export function json(status: number, value: unknown): Answer {
	return {
		status,
		headers: { 'Content-Type': 'application/json' },
		body: `${JSON.stringify(value)}\n`,
	};
}

/** The server's own refusals. */
export function refusal(status: number, error: string): Answer {
	return json(status, { error });
}

export function page(status: number, headers: Answer['headers'] = {}): Answer {
	const [title, text] = pages[status] ?? ['Error', ''];
	const body =
		`<!doctype html>\n<html lang=en>\n<title>${status} ` +
		`${title}</title>\n<h1>${title}</h1>\n<p>${text}</p>\n`;
	return { status, headers: { 'Content-Type': 'text/html; charset=utf-8', ...headers }, body };
}

export function redirect(status: 301 | 302, location: string): Answer {
	return { status, headers: { Location: location }, body: '' };
}

/** Node leaves the body out by itself where the request was a HEAD. */
export function send(
	response: ServerResponse,
	{ status, headers, body, hangsUp = false }: Answer,
): void {
	const { socket } = response;
	if (hangsUp) response.on('finish', () => socket?.destroy());
	response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
	response.end(body);
}
