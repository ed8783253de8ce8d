import { systemClock } from '../../client/clock';
import { makeCredentials } from '../../client/connection/credentials';
import { AgentHttp } from '../../client/http/agent-http';
import { type HistoryRange, readHistory } from '../../client/http/history';
import { makeHttpClient } from '../../client/http/http-client';
import type { ChatAddress } from '../../playground/club/club';
import { RealClub, type ServerVersion } from '../support/real-club';
import { unlessUnavailable } from '../support/unavailable';

const VERSIONS: ServerVersion[] = ['0.1.17', '0.1.35', 'latest'];
const START = 1_700_000_000.123_457;

describe.each(VERSIONS)('a long history on the real server %s', (version) => {
	let running: RealClub | undefined;
	const club = (): RealClub => {
		if (!running) throw new Error('The server has not been started');
		return running;
	};
	let close = () => {};
	let group: ChatAddress = { type: 'group', id: '' };
	let read: (range?: Partial<HistoryRange>) => Promise<string[]>;
	let agentId = '';

	beforeAll(async () => {
		running = await unlessUnavailable(`agentclub ${version}`, () => RealClub.start({ version }));
		if (!running) return;
		const agent = await running.addAgent('bot');
		agentId = agent.id;
		group = await running.addGroup('Long', [agent.id]);
		const credentials = makeCredentials(running.url, agent.token, false);
		const client = makeHttpClient(credentials);
		close = () => {
			client.close();
		};
		const http = new AgentHttp(client, systemClock, credentials);
		read = async (range = {}) => {
			const messages = await readHistory((chat, request) => http.history(chat, request), group, {
				limit: Number.POSITIVE_INFINITY,
				...range,
			});
			return messages.map(({ id }) => id);
		};
	}, 600_000);

	afterAll(async () => {
		close();
		await running?.stop();
	}, 60_000);

	it('is read completely, in order, with equal timestamps across every border of its pages', async () => {
		const times = Array.from(
			{ length: 1000 },
			(_nothing, index) => START + Math.floor(index / 40) / 1_000_000,
		);
		const ids = await club().givePast(group, agentId, times);

		const all = await read();

		expect(new Set(all)).toEqual(new Set(ids));
		expect(all).toHaveLength(1000);
		const moments = all.map((id) => times[ids.indexOf(id)]);
		expect(moments).toEqual(times);
		expect(await read({ after: times[100] ?? 0, before: times[200] ?? 0 })).toHaveLength(80);
		expect(await read({ limit: 250 })).toHaveLength(250);
	}, 60_000);

	it('is an error where more messages have one timestamp than a page holds', async () => {
		await club().givePast(
			group,
			agentId,
			Array.from({ length: 101 }, () => START + 50),
		);

		await expect(read()).rejects.toMatchObject({
			code: 'BAD_ANSWER',
			message: expect.stringContaining(String(START + 50)) as string,
		});
		expect(await read({ before: START + 50 })).toHaveLength(1000);
	}, 60_000);
});
