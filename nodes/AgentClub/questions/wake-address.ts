import type { IExecuteFunctions } from 'n8n-workflow';
import type { AnswerLinks } from '../../../client/questions/question-text';
import { variable } from '../../shared/n8n-variables';

/** Where the answer to a question wakes the execution that waits for it. */
export interface WakeAddress {
	/** Path and query below n8n's own root, for the process itself. */
	readonly path: string;
	/** What stands before it in people's links, whose host n8n 1 signs with the rest. */
	readonly origin: string;
	/** For people; undefined where n8n's public address leads nowhere from their machines. */
	readonly links: AnswerLinks | undefined;
}

/** What n8n 1 has in addition: it checks a signature only if a node asks for it. */
interface SigningHost {
	setSignatureValidationRequired?(): void;
}

/** The last part of a webhook's path that n8n opens with the execution's own token. */
export const ANSWER_PATH = 'answer';

/** @param questionId is a secret: it opens the question, and no other one of the same node */
export function wakeAddress(host: IExecuteFunctions, questionId: string): WakeAddress {
	const signed = (answer: string) =>
		new URL(host.getSignedResumeUrl({ q: questionId, ...(answer && { a: answer }) }));
	const own = signed('');
	const prefix = prefixOf(own, host.getExecutionId());
	const byToken = prefix === '' ? undefined : tokenAddress(host);
	if (prefix === '') (host as SigningHost).setSignatureValidationRequired?.();
	const addressOf = (answer: string): URL => {
		if (!byToken) return answer === '' ? own : signed(answer);
		const url = new URL(byToken);
		url.searchParams.set('q', questionId);
		if (answer !== '') url.searchParams.set('a', answer);
		return url;
	};
	const { pathname, search, origin, hostname } = addressOf('');
	return {
		path: pathname.slice(prefix.length) + search,
		origin: origin + prefix,
		links: isLoopback(hostname)
			? undefined
			: { approve: addressOf('approve').href, disapprove: addressOf('decline').href },
	};
}

/** What stands before n8n's own part of the path, where it lives below one: "/n8n". */
function prefixOf({ pathname }: URL, executionId: string): string {
	const waiting = variable('N8N_ENDPOINT_WEBHOOK_WAIT') ?? 'webhook-waiting';
	const at = pathname.lastIndexOf(`/${waiting}/${executionId}`);
	return at > 0 ? pathname.slice(0, at) : '';
}

/**
 * Below a path n8n signs one address and checks another, so its signed links do not work. What it
 * checks there is the execution's token. Undefined on n8n 1, which has none and checks nothing
 * unless asked: there the question's secret alone opens the question.
 */
function tokenAddress(host: IExecuteFunctions): URL | undefined {
	const given = host.evaluateExpression('{{ $execution.resumeUrl }}', 0);
	if (typeof given !== 'string' || !URL.canParse(given)) return undefined;
	const url = new URL(given);
	if (!url.searchParams.has('signature')) return undefined;
	url.pathname = `${url.pathname.replace(/\/+$/, '')}/${ANSWER_PATH}`;
	return url;
}

function isLoopback(hostname: string): boolean {
	return /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1?\])$/i.test(hostname);
}
