import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { AgentHttp, isNoAccess } from '../../../../client/http/agent-http';
import type { HttpAnswer, HttpClient, HttpRequest } from '../../../../client/http/http-client';
import { makeHttpClient } from '../../../../client/http/http-client';
import { FakeClock } from '../../../support/fake-clock';
import { credentialsOf } from '../../../support/sample-credentials';
import { frame } from '../../../support/sample-messages';

/**
 * The agent's endpoints on a server that gives these answers one after the other; without one it
 * stays silent.
 */
const api = (
	answers: Array<{ status?: number; body: unknown; date?: string }>,
	url = 'http://club.test:5555/club',
) => {
	const clock = new FakeClock();
	const requests: HttpRequest[] = [];
	const client: HttpClient = {
		send: (request) => {
			requests.push(request);
			const answer = answers[requests.length - 1];
			if (!answer)
				return new Promise((_resolve, reject) =>
					request.signal?.addEventListener('abort', () => {
						reject(new Error('aborted'));
					}),
				);
			const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
			const headers: HttpAnswer['headers'] = answer.date === undefined ? {} : { date: answer.date };
			return Promise.resolve({
				status: answer.status ?? 200,
				headers,
				body: Readable.from([Buffer.from(text)]),
			});
		},
		close: () => undefined,
	};
	return {
		clock,
		requests,
		http: new AgentHttp(client, clock, credentialsOf('sk_agt_secret', url)),
	};
};

describe("the agent's endpoints", () => {
	it("lie below the server's sub-path, and get the token in the form that the server wants", async () => {
		const { http, requests } = api([{ body: { groups: [], directs: [] } }]);
		await http.chats();

		expect(requests[0]).toMatchObject({
			method: 'GET',
			url: 'http://club.test:5555/club/api/agent/chats',
			headers: { authorization: 'Bearer sk_agt_secret' },
		});
	});

	it.each(['.', '..', '', '\ud800'])(
		'are not asked for the id %j, which would be none in a path',
		async (id) => {
			const { http, requests } = api([{ body: [] }]);

			await expect(http.members(id)).rejects.toMatchObject({ code: 'SETTINGS' });
			await expect(http.history({ type: 'group', id })).rejects.toMatchObject({ code: 'SETTINGS' });
			expect(requests).toEqual([]);
		},
	);

	it('cannot be led elsewhere by an id', async () => {
		const { http, requests } = api([{ body: [] }, { body: [] }]);
		await http.members('../../x?y#z');
		await http.history({ type: 'group', id: 'a/b' }, { before: 12.5, limit: 7 });

		expect(
			requests.map(({ url }) => url.replace('http://club.test:5555/club/api/agent/', '')),
		).toEqual(['groups/..%2F..%2Fx%3Fy%23z/members', 'messages/group/a%2Fb?limit=7&before=12.5']);
	});

	it.each([
		[0, '1'],
		[-5, '1'],
		[500, '100'],
		[undefined, '100'],
	])(
		'never ask for a history page of %p, which the server would take for something else',
		async (limit, asked) => {
			const { http, requests } = api([{ body: [] }]);
			await http.history({ type: 'group', id: 'gc_1' }, limit === undefined ? {} : { limit });

			expect(new globalThis.URL(requests[0]?.url ?? '').searchParams.get('limit')).toBe(asked);
		},
	);

	it("read the history with mentions as a JSON string, without rows that cannot be read, and the server's clock", async () => {
		const { http } = api([
			{
				body: [frame('a', { mentions: '["u_1"]' }), null, { id: 7 }],
				date: 'Wed, 15 Nov 2023 06:13:20 GMT',
			},
		]);

		const { messages, serverTime } = await http.history({ type: 'group', id: 'gc_1' });

		expect(messages.map(({ id, mentions }) => [id, mentions])).toEqual([['a', ['u_1']]]);
		expect(serverTime).toBe(1_700_028_800);
	});

	it('are given up after their deadline, not 1 ms before', async () => {
		const { http, clock } = api([]);
		const seen: unknown[] = [];
		http.chats().catch((error: unknown) => seen.push(error));
		await clock.advance(14_999);
		expect(seen).toEqual([]);

		await clock.advance(1);

		expect(seen).toMatchObject([{ code: 'TIMEOUT', retriable: true }]);
	});

	it("say that the token is refused, in the server's words and without the token", async () => {
		const { http } = api([{ status: 401, body: { error: 'Invalid token' } }]);

		const error: unknown = await http.chats().catch((thrown: unknown) => thrown);

		expect(error).toMatchObject({ code: 'TOKEN_REFUSED', serverText: 'Invalid token' });
		expect(inspect(error, { depth: null })).not.toContain('sk_agt_secret');
	});

	it('tell a page of some other server from an answer', async () => {
		await expect(api([{ body: '<html>Welcome</html>' }]).http.chats()).rejects.toMatchObject({
			code: 'NOT_AGENT_CLUB',
		});
		await expect(api([{ body: { chats: [] } }]).http.chats()).rejects.toMatchObject({
			code: 'BAD_ANSWER',
		});
	});

	it("tell that a chat is none of the agent's by the status, whatever the words", async () => {
		const refused = await api([{ status: 403, body: { error: '不在该群组中' } }])
			.http.members('gc_1')
			.catch((error: unknown) => error);

		expect(isNoAccess(refused)).toBe(true);
		expect(isNoAccess(new Error('403'))).toBe(false);
	});
});

describe('invariant 9: the token goes to the configured origin and nowhere else', () => {
	it('because no request leaves for another one', async () => {
		const client = makeHttpClient(credentialsOf());

		await expect(
			client.send({ method: 'GET', url: 'http://evil.test/', idleTimeout: 1000 }),
		).rejects.toThrow('left the configured server');
		client.close();
	});
});
