import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { ChatAddress, ClubAgent, ClubUser, Generation } from '../../playground/club/club';
import { seedDemo } from '../../playground/club/demo';
import type { ServerOptions } from '../../playground/club/club-server';
import { PlaygroundClub } from '../../playground/club/playground-club';
import { Probe, type ProbeOptions } from '../support/probe';

const generations: readonly Generation[] = ['G1', 'G2', 'G3'];

/** A club with a person and an agent in one group; everything is closed behind each test. */
interface Stage {
	readonly club: PlaygroundClub;
	readonly mia: ClubUser;
	readonly echo: ClubAgent;
	readonly group: ChatAddress;
}

const clubs: PlaygroundClub[] = [];
const probes: Probe[] = [];

async function stage(options: ServerOptions = {}): Promise<Stage> {
	const club = await PlaygroundClub.start(options);
	clubs.push(club);
	const mia = await club.addHuman('mia', 'Mia');
	const echo = await club.addAgent('echo', 'Echo');
	const group = await club.addGroup('Room', [mia.id, echo.id]);
	return { club, mia, echo, group };
}

function probe(club: PlaygroundClub, options: ProbeOptions): Probe {
	const made = new Probe(club.url, options);
	probes.push(made);
	return made;
}

async function connect(
	club: PlaygroundClub,
	agent: ClubAgent,
	options: Omit<ProbeOptions, 'token'> = {},
): Promise<Probe> {
	return await probe(club, { ...options, token: agent.token }).open();
}

/**
 * The Socket.IO packets as they came, by their names: the client's own order of events would hide
 * the server's.
 */
function packetsOf(subject: Probe): string[] {
	const packets: string[] = [];
	subject.socket.io.on('open', () => {
		subject.socket.io.engine.on('packet', ({ type, data }) => {
			if (type === 'message') packets.push(packetName(String(data)));
		});
	});
	return packets;
}

function packetName(data: string): string {
	if (data.startsWith('0')) return 'CONNECT';
	return data.startsWith('2') ? String((JSON.parse(data.slice(1)) as unknown[])[0]) : data;
}

function group(chat: ChatAddress): { chat_type: string; chat_id: string } {
	return { chat_type: chat.type, chat_id: chat.id };
}

async function fetchAs(
	club: PlaygroundClub,
	agent: ClubAgent,
	path: string,
	init: RequestInit = {},
): Promise<Response> {
	return await fetch(club.url + path, {
		...init,
		headers: { authorization: `Bearer ${agent.token}` },
	});
}

function textsOf(subject: Probe): unknown[] {
	return subject.all('new_message').map(({ content }) => content);
}

afterEach(async () => {
	for (const each of probes.splice(0)) each.close();
	await Promise.all(clubs.splice(0).map((club) => club.stop()));
});

describe('the generations', () => {
	it.each([
		['G1', ['offline_messages', 'auth_ok', 'CONNECT']],
		['G2', ['offline_messages', 'auth_ok', 'CONNECT']],
		['G3', ['auth_ok', 'offline_messages', 'CONNECT']],
	] as const)(
		'%s writes the handshake batch before the CONNECT packet, in its order',
		async (generation, order) => {
			const { club, mia, echo, group: chat } = await stage({ generation });
			await club.say(mia.id, chat, { content: 'missed' });
			const subject = probe(club, { token: echo.token });
			const packets = packetsOf(subject);
			await subject.open();
			expect(packets).toEqual(order);
		},
	);

	it.each(generations)('%s sends no backlog where nothing is unread', async (generation) => {
		const { club, echo } = await stage({ generation });
		const subject = await connect(club, echo);
		expect(subject.events).toEqual(['auth_ok', 'connect']);
	});

	it.each([
		['G1', /^[0-9a-f]{32}$/, /^[\w-]{43}$/],
		['G2', /^msg_[0-9a-f]{32}$/, /^sk_agt_[\w-]{43}$/],
		['G3', /^msg_[0-9a-f]{32}$/, /^sk_agt_[\w-]{43}$/],
	] as const)('%s has its own ids and tokens', async (generation, id, token) => {
		const { club, mia, echo, group: chat } = await stage({ generation });
		expect((await club.say(mia.id, chat, { content: 'hello' })).id).toMatch(id);
		expect(echo.token).toMatch(token);
	});

	it.each([
		['G1', []],
		['G2', []],
		[
			'G3',
			[
				{
					ok: true,
					message_id: expect.stringMatching(/^msg_/) as unknown,
					created_at: expect.any(Number) as unknown,
				},
			],
		],
	] as const)('%s acknowledges a send in its way, after the echo', async (generation, answer) => {
		const { club, echo, group: chat } = await stage({ generation });
		const subject = await connect(club, echo);
		expect(await subject.ask('send_message', { ...group(chat), content: 'hello' })).toEqual(answer);
		expect(textsOf(subject)).toEqual(['hello']);
	});

	it.each([
		['G1', null],
		['G2', '你不在这个对话中'],
		['G3', 'You are not in this chat'],
	] as const)('%s judges a send to a direct chat of others', async (generation, error) => {
		const { club, mia, echo } = await stage({ generation });
		const tom = await club.addHuman('tom', 'Tom');
		const direct = await club.openDirect(mia.id, tom.id);
		const subject = await connect(club, echo);
		await subject.ask('send_message', { ...group(direct), content: 'intruding' });
		expect(subject.all('error')).toEqual(error === null ? [] : [{ message: error }]);
		expect(await club.history(mia.id, direct)).toHaveLength(error === null ? 1 : 0);
	});

	it.each([
		['G1', []],
		['G2', []],
		['G3', ['hello']],
	] as const)(
		'%s echoes, or not, into a direct chat that was opened after the socket connected',
		async (generation, echoed) => {
			const { club, mia, echo } = await stage({ generation });
			const subject = await connect(club, echo);
			const direct = await club.openDirect(mia.id, echo.id);
			await subject.ask('send_message', { ...group(direct), content: 'hello' });
			expect(textsOf(subject)).toEqual(echoed);
			await club.say(mia.id, direct, { content: 'hello yourself' });
			await subject.ask('send_message', { ...group(direct), content: 'again' });
			expect(textsOf(subject)).toEqual([...echoed, 'hello yourself', 'again']);
		},
	);
});

describe('looking into the club', () => {
	it('tells how far a user has read, and what is unread', async () => {
		const { club, mia, echo, group: chat } = await stage();
		const first = await club.say(mia.id, chat, { content: 'one' });
		const second = await club.say(mia.id, chat, { content: 'two' });
		expect(club.cursor(echo.id, chat)).toBeNull();
		expect(club.unread(echo.id)).toEqual([
			{ ...first, chat },
			{ ...second, chat },
		]);
		const subject = await connect(club, echo);
		await subject.ask('mark_read', { message_ids: [first.id] });
		expect(club.cursor(echo.id, chat)).toBe(first.createdAt);
		expect(club.unread(echo.id).map(({ content }) => content)).toEqual(['two']);
	});

	it('counts sockets, open ones and all that ever were', async () => {
		const { club, echo } = await stage();
		const first = await connect(club, echo);
		await connect(club, echo);
		expect(club.socketCount(echo.id)).toBe(2);
		first.close();
		await club.waitFor(() => club.socketCount(echo.id) === 1, 'the closed socket to be noticed');
		expect(club.connectionsEver(echo.id)).toBe(2);
	});

	it('keeps every event that a client sent, in order', async () => {
		const { club, echo, group: chat } = await stage();
		const subject = await connect(club, echo);
		await subject.ask('heartbeat');
		await subject.ask('typing', group(chat));
		expect(club.received(echo.id).map(({ event, payload }) => [event, payload])).toEqual([
			['heartbeat', undefined],
			['typing', group(chat)],
		]);
	});

	it('keeps every HTTP request with its authorization', async () => {
		const { club, echo } = await stage();
		await fetchAs(club, echo, '/api/agent/chats?x=1');
		await fetch(`${club.url}/media/uploads/none.txt`);
		expect(club.requests).toEqual([
			{ method: 'GET', path: '/club/api/agent/chats?x=1', authorization: `Bearer ${echo.token}` },
			{ method: 'GET', path: '/club/media/uploads/none.txt', authorization: undefined },
		]);
	});

	it('stops waiting with the name of what did not happen', async () => {
		const { club } = await stage();
		await expect(club.waitFor(() => false, 'a miracle', 1)).rejects.toThrow(
			'waited 1 ms for a miracle',
		);
	});

	it('forgets a deleted message, in the history and the backlog', async () => {
		const { club, mia, echo, group: chat } = await stage();
		const gone = await club.say(mia.id, chat, { content: 'gone' });
		const kept = await club.say(mia.id, chat, { content: 'kept' });
		club.deleteMessage(gone.id);
		expect(await club.history(mia.id, chat)).toEqual([kept]);
		expect(club.unread(echo.id)).toEqual([{ ...kept, chat }]);
	});

	it('sends any frame that a test makes up', async () => {
		const { club, echo } = await stage();
		const subject = await connect(club, echo);
		club.injectRaw(echo.id, 'new_message', { nonsense: true });
		expect(await subject.next('new_message')).toEqual({ nonsense: true });
	});

	it('lets an agent speak without a client', async () => {
		const { club, echo, group: chat } = await stage();
		const said = await club.say(echo.id, chat, { content: 'beep' });
		expect(said.senderId).toBe(echo.id);
	});
});

describe('a restart', () => {
	it('ends all sockets and keeps the address and the memory', async () => {
		const { club, mia, echo, group: chat } = await stage();
		const subject = await connect(club, echo);
		const { url } = club;
		await club.say(mia.id, chat, { content: 'before' });
		await club.restart();
		await subject.until('disconnect');
		expect(club.url).toBe(url);
		const later = await connect(club, echo);
		expect(later.all('offline_messages')).toMatchObject([[{ content: 'before' }]]);
	});
});

describe('what can go wrong with connections', () => {
	it.each(['websocket', 'polling'] as const)(
		"kills a user's %s connections and nobody else's",
		async (transport) => {
			const { club, echo } = await stage();
			const other = await club.addAgent('other');
			const victim = await connect(club, echo, { transports: [transport] });
			const bystander = await connect(club, other);
			club.faults.kill(echo.id);
			await victim.until('disconnect');
			await club.waitFor(() => club.socketCount(echo.id) === 0, 'the server to notice');
			await bystander.settle();
			expect(bystander.events).not.toContain('disconnect');
		},
	);

	it('refuses tokens while told to, and keeps open sockets', async () => {
		const { club, echo } = await stage();
		const open = await connect(club, echo);
		const end = club.faults.refuseTokens();
		expect((await probe(club, { token: echo.token }).refused()).message).toBe(
			'Connection rejected by server',
		);
		expect((await fetchAs(club, echo, '/api/agent/chats')).status).toBe(401);
		await open.settle();
		end();
		await connect(club, echo);
	});

	it('leaves a handshake without any answer, for ever', async () => {
		const { club, echo } = await stage();
		const end = club.faults.hangHandshake();
		const hung = probe(club, { token: echo.token });
		hung.socket.connect();
		await club.waitFor(() => club.faults.hungHandshakes === 1, 'the handshake');
		end();
		await (await connect(club, echo)).settle();
		expect([hung.happenings, hung.socket.active, hung.socket.io.engine.readyState]).toEqual([
			[],
			true,
			'open',
		]);
	});

	it('refuses websockets, so that only polling gets through', async () => {
		const { club, echo } = await stage();
		const end = club.faults.websocketBlocked();
		expect(
			(await probe(club, { token: echo.token, transports: ['websocket'] }).refused()).message,
		).toBe('websocket error');
		await (await connect(club, echo, { transports: ['polling'] })).settle();
		end();
		await connect(club, echo, { transports: ['websocket'] });
	});
});

it('starves a muted client of pings too, and leaves its next connection alone', async () => {
	const { club, echo } = await stage({ pingInterval: 50, pingTimeout: 50 });
	const subject = await connect(club, echo);
	club.faults.mute(echo.id);
	expect((await subject.until('disconnect')).payload).toBe('ping timeout');
	await (await connect(club, echo)).settle();
});

describe.each(['websocket', 'polling'] as const)('a muted %s connection', (transport) => {
	it('takes what the client sends, but nothing comes back until it is unmuted', async () => {
		const { club, echo } = await stage();
		const subject = await connect(club, echo, { transports: [transport] });
		const bystander = await connect(club, await club.addAgent('other'));
		club.faults.mute(echo.id, 'toClient');
		const answer = subject.ask('heartbeat');
		await club.waitFor(() => club.received(echo.id).length === 1, 'the heartbeat');
		await bystander.settle();
		expect(subject.all('heartbeat_ack')).toEqual([]);
		club.faults.unmute(echo.id);
		expect(await answer).toEqual([]);
		expect(subject.events).not.toContain('disconnect');
	});

	it('hears nothing of what the client sends until the fault ends', async () => {
		const { club, echo } = await stage();
		const subject = await connect(club, echo, { transports: [transport] });
		const bystander = await connect(club, await club.addAgent('other'));
		const end = club.faults.mute(echo.id, 'toServer');
		const answer = subject.ask('heartbeat');
		await bystander.settle();
		expect(club.received(echo.id)).toEqual([]);
		end();
		expect(await answer).toEqual([]);
	});
});

describe('what can go wrong with answers', () => {
	it('delays the echo and the acknowledgement of a send that is stored at once', async () => {
		const { club, mia, echo, group: chat } = await stage();
		const subject = await connect(club, echo);
		club.faults.delay('send_message', 30);
		const answer = subject.ask('send_message', { ...group(chat), content: 'slow' });
		await subject.settle();
		expect(await club.history(mia.id, chat)).toHaveLength(1);
		expect(await answer).toMatchObject([{ ok: true }]);
		expect(subject.happenings.map(({ event }) => event).slice(-2)).toEqual([
			'heartbeat_ack',
			'new_message',
		]);
	});

	it('handles an event without a word to the sender, and with the usual ones to others', async () => {
		const { club, mia, echo, group: chat } = await stage();
		const other = await club.addAgent('other');
		await club.addMember(chat.id, other.id);
		const subject = await connect(club, echo);
		const witness = await connect(club, other);
		club.faults.dropAnswer('send_message');
		expect(
			await subject.isAnswered('send_message', { ...group(chat), content: 'unanswered' }),
		).toBe(false);
		expect(await subject.isAnswered('send_message', { ...group(chat), content: 'answered' })).toBe(
			true,
		);
		expect(textsOf(subject)).toEqual(['answered']);
		await witness.settle();
		expect(textsOf(witness)).toEqual(['unanswered', 'answered']);
		expect(await club.history(mia.id, chat)).toHaveLength(2);
	});

	it('loses an event altogether, as often as told', async () => {
		const { club, mia, echo, group: chat } = await stage();
		const subject = await connect(club, echo);
		club.faults.dropBefore('send_message', 2);
		const sent = ['one', 'two', 'three'];
		for (const content of sent)
			await subject.isAnswered('send_message', { ...group(chat), content });
		expect((await club.history(mia.id, chat)).map(({ content }) => content)).toEqual(['three']);
		expect(club.received(echo.id).filter(({ event }) => event === 'send_message')).toHaveLength(3);
	});
});

describe('what can go wrong with frames', () => {
	it('sends the next messages twice', async () => {
		const { club, mia, echo, group: chat } = await stage();
		const subject = await connect(club, echo);
		club.faults.duplicate(1);
		await club.say(mia.id, chat, { content: 'twice' });
		await club.say(mia.id, chat, { content: 'once' });
		await subject.settle();
		expect(textsOf(subject)).toEqual(['twice', 'twice', 'once']);
	});

	it('sends the next messages of a user in reverse', async () => {
		const { club, mia, echo, group: chat } = await stage();
		const subject = await connect(club, echo);
		club.faults.reorder(3);
		for (const content of ['a', 'b', 'c', 'd']) await club.say(mia.id, chat, { content });
		await subject.settle();
		expect(textsOf(subject)).toEqual(['c', 'b', 'a', 'd']);
	});

	it('lets go of what it holds when the reordering ends early', async () => {
		const { club, mia, echo, group: chat } = await stage();
		const subject = await connect(club, echo);
		const end = club.faults.reorder(3, echo.id);
		for (const content of ['a', 'b']) await club.say(mia.id, chat, { content });
		await subject.settle();
		expect(textsOf(subject)).toEqual([]);
		end();
		await subject.settle();
		expect(textsOf(subject)).toEqual(['b', 'a']);
	});

	it('alters or drops whatever a test wants', async () => {
		const { club, mia, echo, group: chat } = await stage();
		const end = club.faults.mangle(echo.id, (event, args) =>
			event === 'auth_ok' ? [{ changed: true }] : event === 'new_message' ? null : args,
		);
		const subject = await connect(club, echo);
		expect(subject.all('auth_ok')).toEqual([{ changed: true }]);
		await club.say(mia.id, chat, { content: 'dropped' });
		end();
		await club.say(mia.id, chat, { content: 'passed' });
		await subject.settle();
		expect(textsOf(subject)).toEqual(['passed']);
	});

	it('gives several messages one time while the clock stands still', async () => {
		const { club, mia, group: chat } = await stage();
		const end = club.faults.stopClock();
		const first = await club.say(mia.id, chat, { content: 'one' });
		const second = await club.say(mia.id, chat, { content: 'two' });
		end();
		const third = await club.say(mia.id, chat, { content: 'three' });
		expect(second.createdAt).toBe(first.createdAt);
		expect(third.createdAt).toBeGreaterThan(second.createdAt);
	});
});

describe('what can go wrong with HTTP', () => {
	it('fails as many matching requests as told, with the status told', async () => {
		const { club, echo } = await stage();
		club.faults.failHttp({ path: /^\/api\/agent\/chats/, status: 503 }, 2);
		const path = '/api/agent/chats';
		const statuses = [];
		for (let attempt = 0; attempt < 3; attempt += 1)
			statuses.push((await fetchAs(club, echo, path)).status);
		expect(statuses).toEqual([503, 503, 200]);
	});

	it('resets the connection in place of an answer', async () => {
		const { club, echo } = await stage();
		club.faults.failHttp({ path: /chats/, mode: 'reset' });
		await expect(fetchAs(club, echo, '/api/agent/chats')).rejects.toMatchObject({
			cause: { code: 'ECONNRESET' },
		});
	});

	it('never answers a request that hangs', async () => {
		const { club, echo } = await stage();
		club.faults.failHttp({ path: /chats/, mode: 'hang' });
		const hung = jest.fn();
		const giveUp = new AbortController();
		const unanswered = fetchAs(club, echo, '/api/agent/chats', { signal: giveUp.signal }).then(
			hung,
			() => 'given up',
		);
		await club.waitFor(() => club.requests.length === 1, 'the request');
		expect((await fetchAs(club, echo, '/api/agent/chats')).status).toBe(200);
		expect(hung).not.toHaveBeenCalled();
		giveUp.abort();
		expect(await unanswered).toBe('given up');
	});

	it('begins a slow answer and never ends it', async () => {
		const { club, echo } = await stage();
		club.faults.failHttp({ path: /chats/, mode: 'slow' });
		const response = await fetchAs(club, echo, '/api/agent/chats');
		const reader = response.body?.getReader();
		expect(response.status).toBe(200);
		expect(await reader?.read()).toMatchObject({ done: false });
		expect(await reader?.read()).toMatchObject({ done: false });
		await reader?.cancel();
	});

	it('redirects media elsewhere', async () => {
		const { club, mia } = await stage();
		const { url } = await club.uploadAs(mia.id, 'note.txt', Buffer.from('note'));
		const end = club.faults.redirectMedia('http://elsewhere.example/');
		const response = await fetch(club.url + url, { redirect: 'manual' });
		expect([response.status, response.headers.get('location')]).toEqual([
			302,
			'http://elsewhere.example/',
		]);
		end();
		expect(await (await fetch(club.url + url)).text()).toBe('note');
	});

	it('answers a body that is too large with a page, before reading it, and hangs up', async () => {
		const { club, echo } = await stage();
		const headers = {
			authorization: `Bearer ${echo.token}`,
			'content-length': 50 * 1024 * 1024 + 1,
		};
		const upload = request(`${club.url}/api/agent/upload`, { method: 'POST', headers }).on(
			'error',
			() => undefined,
		);
		upload.flushHeaders();
		const [response] = (await once(upload, 'response')) as [IncomingMessage];
		expect([response.statusCode, response.headers['content-type']]).toEqual([
			413,
			'text/html; charset=utf-8',
		]);
		response.resume();
		await once(response.socket, 'close');
	});
});

describe('people in a browser', () => {
	async function logIn(club: PlaygroundClub, userId: string): Promise<string> {
		const headers = { 'content-type': 'application/json' };
		const response = await fetch(`${club.url}/api/playground/login`, {
			method: 'POST',
			headers,
			body: JSON.stringify({ user_id: userId }),
		});
		return response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
	}

	it('log in as a person, and not as an agent', async () => {
		const { club, mia, echo } = await stage();
		expect(await logIn(club, mia.id)).toMatch(/^agentclub_playground=/);
		expect(await logIn(club, echo.id)).toBe('');
		expect((await fetch(`${club.url}/api/playground/chats`)).status).toBe(401);
	});

	it('see their chats with what is unread, members and history', async () => {
		const { club, mia, echo, group: chat } = await stage();
		await club.say(echo.id, chat, { content: 'hello' });
		const headers = { cookie: await logIn(club, mia.id) };
		const get = async (path: string) =>
			(await fetch(`${club.url}/api/playground/${path}`, { headers })).json();
		expect(await get('chats')).toMatchObject({
			groups: [{ name: 'Room' }],
			directs: [],
			unread: { [`group_${chat.id}`]: 1 },
		});
		expect(await get(`groups/${chat.id}/members`)).toMatchObject([
			{ display_name: 'Mia' },
			{ display_name: 'Echo', is_agent: 1 },
		]);
		expect(await get(`messages/group/${chat.id}`)).toMatchObject([{ content: 'hello' }]);
	});

	it('speak over a socket that their cookie opens', async () => {
		const { club, mia, group: chat } = await stage();
		const subject = probe(club, {});
		subject.socket.io.opts.extraHeaders = { cookie: await logIn(club, mia.id) };
		await subject.open();
		expect(subject.all('auth_ok')).toMatchObject([{ user_id: mia.id, is_agent: 0, role: 'user' }]);
		await subject.ask('send_message', { ...group(chat), content: 'typed' });
		expect(await club.history(mia.id, chat)).toMatchObject([
			{ senderId: mia.id, content: 'typed' },
		]);
	});

	it('get the page at the address of the club, with and without the slash', async () => {
		const { club } = await stage();
		for (const address of [club.url, `${club.url}/`]) {
			const response = await fetch(address);
			expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
			expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
		}
		expect((await fetch(`${club.url}/socket.io.js`)).status).toBe(200);
	});

	it('find the demo people in one group with the agents', async () => {
		const { club } = await stage();
		const { agent, freeAgent, humans, group: chat } = await seedDemo(club);
		const members = await (
			await fetchAs(club, agent, `/api/agent/groups/${chat.id}/members`)
		).json();
		expect(members).toMatchObject([...humans, agent, freeAgent].map(({ id }) => ({ id })));
	});
});

it('serves at the root when asked for no sub-path', async () => {
	const { club, echo } = await stage({ subPath: '' });
	expect(new URL(club.url).pathname).toBe('/');
	expect((await fetchAs(club, echo, '/api/agent/chats')).status).toBe(200);
	await connect(club, echo);
});
