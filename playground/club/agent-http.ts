import type { Traits } from './generations';
import { json, refusal, type Answer } from './http-answers';
import { parseMultipart } from './multipart';
import type { ReadCursors } from './read-cursors';
import { chatKey, type MessageRecord, type UserRecord } from './records';
import { readBody, tooLarge } from './request-body';
import type { Inquiry, Route } from './routing';
import { chatRows, historyRow, memberRow } from './rows';
import type { Store } from './store';
import type { Uploads } from './uploads';

/** What an answer over HTTP needs of the club. */
export interface HttpBackend {
	readonly traits: Traits;
	readonly store: Store;
	readonly cursors: ReadCursors;
	readonly uploads: Uploads;
	/** A refused token is refused here too. */
	readonly refusesTokens: boolean;
}

const pageSize = 50;
const pageAtMost = 100;

/** The endpoints that take an agent's token, and the open one. */
export function agentRoutes(backend: HttpBackend): Route[] {
	const asAgent =
		(answer: (inquiry: Inquiry, agent: UserRecord) => Answer | Promise<Answer>) =>
		(inquiry: Inquiry) => {
			const token = tokenOf(inquiry);
			const agent =
				token === '' || backend.refusesTokens ? undefined : backend.store.userByToken(token);
			return agent ? answer(inquiry, agent) : refuseToken(token, backend);
		};
	return [
		{
			method: 'GET',
			path: /^\/api\/registration-status$/,
			answer: () => json(200, { allow_registration: false }),
		},
		{
			method: 'POST',
			path: /^\/api\/agent\/upload$/,
			answer: asAgent((inquiry) => answerUpload(inquiry, backend)),
		},
		{
			method: 'GET',
			path: /^\/api\/agent\/chats$/,
			answer: asAgent((_, agent) => json(200, chatRows(backend.store, agent.id))),
		},
		{
			method: 'GET',
			path: /^\/api\/agent\/groups\/([^/]+)\/members$/,
			answer: asAgent((inquiry, agent) => answerMembers(inquiry, agent, backend)),
		},
		{
			method: 'GET',
			path: /^\/api\/agent\/messages\/([^/]+)\/([^/]+)$/,
			answer: asAgent((inquiry, agent) => answerHistory(inquiry, agent, backend)),
		},
	];
}

/**
 * The scheme's name is simply cut out where it stands in exactly this spelling: a bare token
 * passes, "bearer" does not.
 */
function tokenOf({ request }: Inquiry): string {
	return (request.headers.authorization ?? '').replaceAll('Bearer ', '');
}

function refuseToken(token: string, { traits: { texts } }: HttpBackend): Answer {
	return refusal(401, token === '' ? texts.missingAuthentication : texts.invalidToken);
}

/** For agents and people alike, once they are known. */
export async function answerUpload(
	{ request }: Inquiry,
	{ traits, uploads }: HttpBackend,
): Promise<Answer> {
	const body = await readBody(request);
	if (!body) return tooLarge;
	const parts = parseMultipart(body, request.headers['content-type']);
	const file = parts.find(({ name, fileName }) => name === 'file' && fileName !== null);
	if (!file) return refusal(400, traits.texts.noFile);
	const verdict = uploads.save(file.fileName ?? '', file.body);
	return 'error' in verdict ? refusal(verdict.status, verdict.error) : json(200, verdict);
}

export function answerMembers(
	{ parameters: [groupId = ''] }: Inquiry,
	user: UserRecord,
	{ traits, store }: HttpBackend,
): Answer {
	const group = store.groups.get(groupId);
	if (!group?.members.has(user.id)) return refusal(403, traits.texts.noMembersAccess);
	const members = [...group.members.keys()].map((id) =>
		memberRow(store.user(id), traits.fullMemberRows),
	);
	return json(200, members);
}

/** Oldest first; moves no cursor. */
export function answerHistory(
	inquiry: Inquiry,
	user: UserRecord,
	{ traits, store }: HttpBackend,
): Answer {
	const [chatType = '', chatId = ''] = inquiry.parameters;
	const allowed = !traits.checksEveryChat || store.canAccess(chatType, chatId, user.id);
	if (!allowed) return refusal(403, traits.texts.noHistoryAccess);
	const messages = pageOf(store.messagesOf(chatKey(chatType, chatId)), inquiry.url.searchParams);
	return json(
		200,
		messages.map((message) => historyRow(store, message)),
	);
}

const floatNotation = /^[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|nan|inf(inity)?)$/i;

/**
 * What cannot be read as a number counts as not given, 0 means no `before`, and a negative limit is
 * none at all.
 */
function pageOf(
	messages: readonly MessageRecord[],
	query: URLSearchParams,
): readonly MessageRecord[] {
	const before = numberOf(query.get('before'), floatNotation) ?? 0;
	const limit = Math.min(numberOf(query.get('limit'), /^[+-]?\d+$/) ?? pageSize, pageAtMost);
	const earlier =
		before === 0 ? messages : messages.filter((message) => message.createdAt < before);
	if (limit < 0) return earlier;
	return limit === 0 ? [] : earlier.slice(-limit);
}

function numberOf(text: string | null, notation: RegExp): number | null {
	const trimmed = text?.trim() ?? '';
	return notation.test(trimmed) ? Number(trimmed.replace(/inf(inity)?/i, 'Infinity')) : null;
}
