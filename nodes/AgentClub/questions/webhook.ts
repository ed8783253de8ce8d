import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type {
	IBinaryKeyData,
	IDataObject,
	INodeExecutionData,
	IWebhookDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { agentRegistry } from '../../../client/agent/registry';
import { say } from '../../../client/agent/say';
import { displayAddress } from '../../../client/connection/address';
import type { AgentCredentials } from '../../../client/connection/credentials';
import { describeError } from '../../../client/errors';
import { safeFileName } from '../../../client/inbound/item/attachments';
import { withHiddenNote } from '../../../client/protocol/hidden-note';
import { wellFormed } from '../../../client/protocol/well-formed';
import {
	aboutChat,
	aboutQuestion,
	type QuestionNote,
	type Reply,
} from '../../../client/questions/question';
import { outcomeText } from '../../../client/questions/question-text';
import { Sealer } from '../../../client/questions/sealer';
import { binarySink } from '../../shared/binary-sink';
import { nodeCredentials } from '../../shared/credentials';
import { nodeLogger } from '../../shared/logger';
import { type Answer, answerJson, type Asked, askedBy } from './asked';
import { ClaimedQuestions } from './claimed-questions';
import { endPage, type PageFrame, pageHeaders, questionPage } from './page';
import { ANSWER_PATH } from './wake-address';

/** n8n opens these only while an execution waits at the node. */
export const questionWebhooks: IWebhookDescription[] = ['={{ $nodeId }}', ANSWER_PATH].flatMap(
	(path) =>
		(['GET', 'POST'] as const).map((httpMethod): IWebhookDescription => {
			return {
				name: 'default',
				httpMethod,
				path,
				responseMode: 'onReceived',
				// Otherwise n8n answers with its own words (`test/e2e/send-and-wait.test.ts`).
				responseData: '',
				isFullPath: path !== ANSWER_PATH,
				restartWebhook: true,
			};
		}),
);

const claimed = new ClaimedQuestions();

/** Bytes of a file that comes with an answer. */
const LARGEST_FILE = 50 * 1024 * 1024;
const FILE_IDLE = 15_000;

/**
 * Takes an answer: from the page's form, or from the trigger that has seen a reply in the chat. The
 * execution goes on only with what this returns as `workflowData`. Nothing is thrown: n8n would end
 * the execution.
 */
export async function answerQuestion(host: IWebhookFunctions): Promise<IWebhookResponseData> {
	const logger = nodeLogger(host);
	try {
		const credentials = await nodeCredentials(host);
		const asked = askedBy(host);
		const { q, a } = host.getQueryData() as { readonly q?: unknown; readonly a?: unknown };
		const state = asked !== undefined && q === asked.id ? claimed.stateOf(asked.id) : 'over';
		// A GET request has no body, whatever the type says.
		const body = (host.getBodyData() as IDataObject | undefined) ?? {};
		const { check, answer: sealed, decision, text } = body;
		if (check === true) return machineAnswer(host, state === 'over' ? 'over' : 'open');
		if (typeof sealed === 'string' && state === 'busy') return machineAnswer(host, 'busy');
		const isOpen = state === 'open';
		if (typeof sealed === 'string') {
			const reply = asked && isOpen ? openReply(sealed, asked, credentials) : undefined;
			if (!asked || !reply || !claimed.claim(asked.id)) return machineAnswer(host, 'over');
			return await goOn(host, asked, credentials, replied(reply), { agentClub: 'accepted' });
		}
		const frame = framed(host, displayAddress(credentials.address));
		if (!asked || !isOpen) {
			const over = endPage('Nothing to answer', OVER, frame);
			return shown(host, over);
		}
		const answer = decided(asked, decision, text);
		if (!answer) return shown(host, questionPage(asked, typeof a === 'string' ? a : '', frame));
		if (!claimed.claim(asked.id)) return shown(host, endPage('Nothing to answer', OVER, frame));
		const page = endPage(titleOf(asked, answer), 'The workflow goes on.', frame);
		return await goOn(host, asked, credentials, answer, page);
	} catch (error) {
		logger.warn(`An answer to a question could not be taken: ${describeError(error)}`);
		return failed(host);
	}
}

const ID_BYTES = 16;

/** Sets the headers of a page. */
function framed(host: IWebhookFunctions, chatAddress: string | undefined): PageFrame {
	const frame = { chatAddress, nonce: randomBytes(ID_BYTES).toString('base64url') };
	for (const [name, value] of Object.entries(pageHeaders(frame)))
		responseOf(host).setHeader(name, value);
	return frame;
}

const OVER = 'This question has been answered already, or nobody waits for it any more.';
const NOT_TAKEN = 'The answer could not be taken just now. Go back, and try again in a minute.';

/** What is used of the response; n8n takes its type from a library that packages do not have. */
interface Response extends ServerResponse {
	status(code: number): this;
	send(html: string): void;
	json(value: object): void;
}

function responseOf(host: IWebhookFunctions): Response {
	const response: unknown = host.getResponseObject();
	return response as Response;
}

/** @param word without it the trigger takes no reply for accepted, whatever the status is */
function machineAnswer(host: IWebhookFunctions, word: string): IWebhookResponseData {
	responseOf(host).json({ agentClub: word });
	return { noWebhookResponse: true };
}

/** The execution waits on. */
function shown(host: IWebhookFunctions, html: string): IWebhookResponseData {
	responseOf(host).send(html);
	return { noWebhookResponse: true };
}

function failed(host: IWebhookFunctions): IWebhookResponseData {
	const response = responseOf(host);
	if (!response.headersSent) {
		const page = endPage('Not taken', NOT_TAKEN, framed(host, undefined));
		response.status(503).send(page);
	}
	return { noWebhookResponse: true };
}

function openReply(
	sealed: string,
	{ chat, id }: Asked,
	{ token }: AgentCredentials,
): Reply | undefined {
	return new Sealer(token).open(sealed, aboutQuestion(chat, id)) as Reply | undefined;
}

function replied(reply: Reply): Answer {
	const { approved, text } = reply;
	return { approved, text, via: 'reply', respondedAt: new Date(), reply };
}

/** What the form says; undefined where it does not decide. */
function decided({ responseType }: Asked, decision: unknown, text: unknown): Answer | undefined {
	const link = { via: 'link' as const, respondedAt: new Date() };
	if (responseType === 'freeText') {
		const words = typeof text === 'string' ? wellFormed(text).trim() : '';
		return words === '' ? undefined : { ...link, approved: null, text: words };
	}
	if (decision !== 'approve' && decision !== 'decline') return undefined;
	return { ...link, approved: decision === 'approve', text: null };
}

function titleOf({ approveLabel, disapproveLabel }: Asked, { approved }: Answer): string {
	if (approved === null) return 'Answer sent';
	return `You chose: ${approved ? approveLabel : disapproveLabel}`;
}

async function goOn(
	host: IWebhookFunctions,
	asked: Asked,
	credentials: AgentCredentials,
	answer: Answer,
	webhookResponse: unknown,
): Promise<IWebhookResponseData> {
	void claimed.isTaken(asked.id, responseOf(host)).then((isTaken) => {
		if (isTaken && asked.announces) announce(host, asked, credentials, answer);
	});
	const item = await itemOf(host, asked, credentials, answer);
	return { webhookResponse, workflowData: [[item]] };
}

async function itemOf(
	host: IWebhookFunctions,
	asked: Asked,
	credentials: AgentCredentials,
	answer: Answer,
): Promise<INodeExecutionData> {
	const json = answerJson(asked, answer);
	const { reply } = answer;
	if (asked.responseType !== 'freeText' || !reply?.fileUrl) return { json };
	const binary: IBinaryKeyData = {};
	const problem = await storeFile(host, reply, credentials, binary);
	return { json: problem === undefined ? json : { ...json, problems: [problem] }, binary };
}

/** Never throws: an answer counts without its file too, and the item says what is missing. */
async function storeFile(
	host: IWebhookFunctions,
	{ fileUrl, fileName }: Reply,
	credentials: AgentCredentials,
	binary: IBinaryKeyData,
): Promise<string | undefined> {
	const session = agentRegistry().session(credentials, nodeLogger(host));
	const release = session.lease();
	const name = safeFileName(fileName);
	try {
		const limits = { maxBytes: LARGEST_FILE, idleTimeout: FILE_IDLE };
		const file = await session.download(fileUrl, name, limits);
		const sink = binarySink(host.helpers);
		const { content, mimeType, seen } = file;
		const type = { mimeType, extension: seen?.extension ?? null };
		binary.data = (await sink(content, name, type)).stored;
		return undefined;
	} catch (error) {
		return `The file "${name}" could not be had: ${describeError(error)}`;
	} finally {
		release();
	}
}

/** Tells the chat how the question ended; nobody waits for that. */
function announce(
	host: IWebhookFunctions,
	{ id, excerpt, chat, agentId }: Asked,
	credentials: AgentCredentials,
	{ approved, reply }: Answer,
): void {
	const logger = nodeLogger(host);
	const note: QuestionNote = { is: 'outcome', id, replyId: reply?.messageId };
	const sealed = new Sealer(credentials.token).seal(note, aboutChat(agentId, chat));
	const words = outcomeText(excerpt, { approved, responder: reply?.responder.name });
	const session = agentRegistry().session(credentials, logger);
	const text = withHiddenNote(words, sealed);
	void say(session, { chat, text, what: 'The outcome of a question', by: agentId }, logger);
}
