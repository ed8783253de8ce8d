import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { describeError } from '../../client/errors';
import type { Logger } from '../../client/logger';
import type { Acceptance, AnswerPort, Question } from '../../client/questions/question';
import {
	type Environment,
	positiveVariable,
	variable,
	type VariableName,
} from '../shared/n8n-variables';

/** ms; a file that comes with an answer is fetched before n8n says that it was accepted. */
const ANSWER_DEADLINE = 90_000;
const CHECK_DEADLINE = 10_000;
/** Characters of an answer that are read: ours are short, n8n's pages are known by their start. */
const MOST_READ = 20_000;

/**
 * Takes people's replies to the executions that wait for them: to this n8n's own address, whatever
 * the world calls it.
 */
export function answerPort(logger: Logger): AnswerPort {
	const ask = async (question: Question, body: object, deadline: number): Promise<Acceptance> => {
		const own = await post(ownAddress(), question, body, deadline, true);
		if (!isUntold(own)) return own.acceptance;
		// Where this process serves no webhooks, the one that does has the address of people's links.
		const other = await post(question.wakeOrigin, question, body, deadline, false);
		if (isUntold(other))
			logger.warn(`n8n does not take the answer to a question: ${own.why}; ${other.why}`);
		// What n8n has had at one address is over at the other.
		const isUnsure = own.acceptance === 'unknown' && other.acceptance !== 'accepted';
		return isUnsure ? 'unknown' : other.acceptance;
	};
	return {
		answer: (question, answer) => ask(question, { answer }, ANSWER_DEADLINE),
		check: (question) => ask(question, { check: true }, CHECK_DEADLINE),
	};
}

/** Where n8n itself listens, as seen from its own process. */
export function ownAddress(environment?: Environment): string {
	const setting = (name: VariableName) => variable(name, environment) ?? '';
	const isTls =
		setting('N8N_PROTOCOL') === 'https' &&
		setting('N8N_SSL_KEY') !== '' &&
		setting('N8N_SSL_CERT') !== '';
	const listens = setting('N8N_LISTEN_ADDRESS');
	const port = positiveVariable('N8N_PORT', environment) ?? 5678;
	const isAny = ['', '::', '0.0.0.0'].includes(listens);
	const name = isAny ? '127.0.0.1' : listens.includes(':') ? `[${listens}]` : listens;
	return `${isTls ? 'https' : 'http'}://${name}:${port}`;
}

interface Posted {
	readonly acceptance: Acceptance;
	readonly why: string;
}

function isUntold({ acceptance }: Posted): boolean {
	return acceptance === 'unreachable' || acceptance === 'unknown';
}

/** Errors behind which n8n may have had the request: the connection broke, or time ran out. */
const LOST = ['ECONNRESET', 'EPIPE', 'ABORT_ERR'];
/** What proxies answer where they have passed it on, and nothing whole came back. */
const LOST_BY_A_PROXY = [502, 504];

async function post(
	origin: string,
	{ wakePath, wakeOrigin }: Question,
	body: object,
	deadline: number,
	isOwn: boolean,
): Promise<Posted> {
	try {
		const url = new URL(origin + wakePath);
		const { status, text } = await send(url, new URL(wakeOrigin).host, body, deadline, isOwn);
		return { acceptance: acceptanceOf(status, text), why: `${origin} answers ${status}` };
	} catch (error) {
		const { code = '' } = error as NodeJS.ErrnoException;
		const acceptance = LOST.includes(code) ? 'unknown' : 'unreachable';
		return { acceptance, why: `${origin}: ${describeError(error)}` };
	}
}

/** Only our own word accepts: n8n has friendly pages for executions that are over. */
function acceptanceOf(status: number, text: string): Acceptance {
	switch (wordIn(text)) {
		case 'accepted':
		case 'open':
			return 'accepted';
		case 'busy':
			return 'busy';
		case 'over':
			return 'over';
		default:
	}
	if (status === 409) return text.includes('running already') ? 'busy' : 'over';
	// 404 in JSON is n8n's word for an execution that is gone; without webhooks it serves a page.
	if (status === 404) return text.startsWith('{') ? 'over' : 'unreachable';
	if (status === 500) return 'busy';
	if (LOST_BY_A_PROXY.includes(status)) return 'unknown';
	if (status > 500) return 'unreachable';
	return isFromN8n(text) ? 'over' : 'unreachable';
}

/** Its pages have its icon. A login page of something in between says nothing of the question. */
function isFromN8n(text: string): boolean {
	return text.startsWith('{') || text.includes('n8n.io/favicon');
}

function wordIn(text: string): unknown {
	try {
		const answer = JSON.parse(text) as { readonly agentClub?: unknown } | null;
		return answer?.agentClub;
	} catch {
		return undefined;
	}
}

/**
 * With the host's name that the link has: n8n 1 signs it.
 * @param isOwn whether nobody else can be there, whatever the certificate says
 */
function send(
	url: URL,
	host: string,
	body: object,
	deadline: number,
	isOwn: boolean,
): Promise<{ status: number; text: string }> {
	const isTls = url.protocol === 'https:';
	const content = JSON.stringify(body);
	return new Promise((resolve, reject) => {
		const request = (isTls ? httpsRequest : httpRequest)(url, {
			method: 'POST',
			headers: {
				host,
				'content-type': 'application/json',
				'content-length': Buffer.byteLength(content),
			},
			signal: AbortSignal.timeout(deadline),
			agent: false,
			...(isTls && isOwn && { rejectUnauthorized: false }),
		});
		request.on('error', reject);
		request.on('response', (response) => {
			let text = '';
			response.setEncoding('utf8');
			response.on('data', (chunk: string) => {
				if (text.length < MOST_READ) text += chunk;
			});
			response.on('error', reject);
			response.on('end', () => {
				resolve({ status: response.statusCode ?? 0, text });
			});
		});
		request.end(content);
	});
}
