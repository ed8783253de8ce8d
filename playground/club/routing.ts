import type { IncomingMessage } from 'node:http';
import { page, type Answer } from './http-answers';

/** A request that a route is to answer. */
export interface Inquiry {
	readonly request: IncomingMessage;
	/** Of the request, without the sub-path. */
	readonly url: URL;
	/** What the route's groups caught, decoded. */
	readonly parameters: readonly string[];
}

export interface Route {
	readonly method: 'GET' | 'POST';
	/** Of the whole path, without the sub-path. */
	readonly path: RegExp;
	readonly answer: (inquiry: Inquiry) => Answer | Promise<Answer>;
}

/** Finds the route and has it answer; a HEAD is a GET. */
export async function route(
	routes: readonly Route[],
	request: IncomingMessage,
	url: URL,
): Promise<Answer> {
	const here = routes.filter(({ path }) => path.test(url.pathname));
	const method = request.method === 'HEAD' ? 'GET' : request.method;
	const chosen = here.find((candidate) => candidate.method === method);
	if (!chosen) return here.length > 0 ? otherMethod(request, here) : page(404);
	const parameters = parametersOf(chosen.path, url.pathname);
	return parameters ? await chosen.answer({ request, url, parameters }) : page(404);
}

function otherMethod(request: IncomingMessage, here: readonly Route[]): Answer {
	const methods = here.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
	const Allow = ['OPTIONS', ...methods].join(', ');
	if (request.method !== 'OPTIONS') return page(405, { Allow });
	return { status: 200, headers: { 'Content-Type': 'text/html; charset=utf-8', Allow }, body: '' };
}

/** Null where the path is not properly encoded. */
function parametersOf(path: RegExp, pathname: string): string[] | null {
	try {
		return (path.exec(pathname) ?? []).slice(1).map(decodeURIComponent);
	} catch (error) {
		if (error instanceof URIError) return null;
		throw error;
	}
}
