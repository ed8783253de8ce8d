import type { IncomingMessage } from 'node:http';
import { answerHistory, answerMembers, answerUpload, type HttpBackend } from './agent-http';
import type { BrowserSessions } from './browser-sessions';
import { json, page, refusal, type Answer } from './http-answers';
import type { UserRecord } from './records';
import { readBody } from './request-body';
import type { Inquiry, Route } from './routing';
import { chatRows, memberRow } from './rows';

/** What the page can do to the club besides its socket. */
export interface BrowserBackend extends HttpBackend {
	readonly sessions: BrowserSessions;
	readonly openDirect: (userId: string, peerId: string) => { readonly id: string };
}

/**
 * Addresses that the real server keeps for its own page; here they only refuse whoever has no
 * session, as it does.
 */
const foreignPages = /^\/api\/(users|presence|direct-chats|groups|messages|me)(\/.*)?$/;

/**
 * The endpoints of the page, an API of the playground's own; the real server's takes passwords and
 * has much more.
 */
export function browserRoutes(backend: BrowserBackend): Route[] {
	const open = (name: string) => new RegExp(`^/api/playground/${name}$`);
	const asPerson =
		(answer: (inquiry: Inquiry, person: UserRecord) => Answer | Promise<Answer>) =>
		(inquiry: Inquiry) => {
			const person = backend.sessions.userOf(inquiry.request.headers.cookie);
			return person ? answer(inquiry, person) : refusal(401, backend.traits.texts.notSignedIn);
		};
	return [
		{ method: 'GET', path: open('users'), answer: () => answerUsers(backend) },
		{ method: 'POST', path: open('login'), answer: (inquiry) => logIn(inquiry, backend) },
		{ method: 'GET', path: open('me'), answer: ({ request }) => answerSelf(request, backend) },
		{
			method: 'GET',
			path: open('chats'),
			answer: asPerson((_, person) => answerChats(person, backend)),
		},
		{
			method: 'POST',
			path: open('directs'),
			answer: asPerson((inquiry, person) => openDirect(inquiry, person, backend)),
		},
		{
			method: 'GET',
			path: open('groups/([^/]+)/members'),
			answer: asPerson((inquiry, person) => answerMembers(inquiry, person, backend)),
		},
		{
			method: 'GET',
			path: open('messages/([^/]+)/([^/]+)'),
			answer: asPerson((inquiry, person) => answerHistory(inquiry, person, backend)),
		},
		{
			method: 'POST',
			path: open('upload'),
			answer: asPerson((inquiry) => answerUpload(inquiry, backend)),
		},
		{ method: 'GET', path: foreignPages, answer: asPerson(() => page(404)) },
	];
}

/** Everybody, so that the page can offer people to log in as and agents to write to. */
function answerUsers({ store }: HttpBackend): Answer {
	return json(
		200,
		[...store.users.values()].map((user) => memberRow(user, true)),
	);
}

/** Null without a session: having none yet is no error. */
function answerSelf(request: IncomingMessage, { sessions }: BrowserBackend): Answer {
	const person = sessions.userOf(request.headers.cookie);
	return json(200, person ? memberRow(person, true) : null);
}

function answerChats(person: UserRecord, { store, cursors }: HttpBackend): Answer {
	return json(200, { ...chatRows(store, person.id), unread: cursors.unreadCounts(person.id) });
}

async function logIn({ request }: Inquiry, { store, sessions }: BrowserBackend): Promise<Answer> {
	const user = await userNamedIn(request, store.users);
	if (!user || user.isAgent) return refusal(404, 'There is no such person');
	const answer = json(200, memberRow(user, true));
	return { ...answer, headers: { ...answer.headers, 'Set-Cookie': sessions.open(user) } };
}

async function openDirect(
	{ request }: Inquiry,
	person: UserRecord,
	backend: BrowserBackend,
): Promise<Answer> {
	const peer = await userNamedIn(request, backend.store.users);
	return peer
		? json(200, { id: backend.openDirect(person.id, peer.id).id })
		: refusal(404, 'There is no such user');
}

/**
 * JSON only: a form of a foreign page cannot send that type without being asked for permission
 * first.
 */
async function userNamedIn(
	request: IncomingMessage,
	users: ReadonlyMap<string, UserRecord>,
): Promise<UserRecord | undefined> {
	if (request.headers['content-type'] !== 'application/json') return undefined;
	const fields = parse((await readBody(request))?.toString('utf8') ?? '');
	const id =
		typeof fields === 'object' && fields !== null && 'user_id' in fields
			? fields.user_id
			: undefined;
	return typeof id === 'string' ? users.get(id) : undefined;
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		if (error instanceof SyntaxError) return null;
		throw error;
	}
}
