import type { ILoadOptionsFunctions } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';
import { agentRegistry } from '../../../../client/agent/registry';
import { AgentClubError } from '../../../../client/errors';
import type { DirectChat } from '../../../../client/protocol/answers';
import {
	searchChats,
	searchGroups,
	searchPeople,
} from '../../../../nodes/AgentClub/methods/list-search';
import { executeHost } from '../../../support/fake-host';
import { FakeSession } from '../../../support/fake-session';

jest.mock('../../../../client/agent/registry');

const direct = (
	id: string,
	name: string,
	kind: 'human' | 'agent',
	isOnline: boolean,
): DirectChat => ({
	id,
	createdAt: null,
	description: '',
	peer: { id: `u_${name.toLowerCase()}`, name, kind, isOnline },
});

const session = () => {
	const fake = new FakeSession();
	fake.chatList = {
		groups: [
			{ id: 'gc_2', name: 'Zoo', description: '', createdAt: null },
			{ id: '1f', name: 'Attic', description: '', createdAt: null },
		],
		directs: [direct('dc_1', 'Mia', 'human', true), direct('dc_2', 'Bot', 'agent', false)],
	};
	jest.mocked(agentRegistry).mockReturnValue({ session: () => fake } as never);
	return fake;
};

const HOST = executeHost() as unknown as ILoadOptionsFunctions;

describe('the list of chats', () => {
	it('has groups, then direct chats, by name, with what they are', async () => {
		session();

		expect((await searchChats.call(HOST)).results).toEqual([
			{ name: 'Attic (Group)', value: 'gr_1f' },
			{ name: 'Zoo (Group)', value: 'gc_2' },
			{ name: 'Bot (Direct chat with an agent)', value: 'dc_2' },
			{ name: 'Mia (Direct chat)', value: 'dc_1' },
		]);
	});

	it.each([
		['mIa', ['dc_1']],
		['group', ['gr_1f', 'gc_2']],
		[' online ', []],
		[' direct ', ['dc_2', 'dc_1']],
		['GC_2', ['gc_2']],
		['nobody', []],
		['zoo(group', ['gc_2']],
		['@mia', ['dc_1']],
		['zóo', ['gc_2']],
		['', ['gr_1f', 'gc_2', 'dc_2', 'dc_1']],
	])('searched for %j has %j', async (filter, values) => {
		session();

		expect((await searchChats.call(HOST, filter)).results.map(({ value }) => value)).toEqual(
			values,
		);
	});

	it.each([['José'.normalize('NFD')], ['José'.normalize('NFC')], ['jose'], ['JOSÉ']])(
		'finds José by %j',
		async (filter) => {
			session().chatList = {
				groups: [],
				directs: [direct('dc_3', 'José'.normalize('NFC'), 'human', true)],
			};

			expect((await searchChats.call(HOST, filter)).results).toHaveLength(1);
		},
	);

	it('is fetched anew each time it is opened, and gives the session back', async () => {
		const fake = session();
		await searchChats.call(HOST);
		fake.chatList = { groups: [], directs: [direct('dc_1', 'Mia', 'human', false)] };

		expect((await searchChats.call(HOST)).results).toEqual([
			{ name: 'Mia (Direct chat)', value: 'dc_1' },
		]);
		expect(fake).toMatchObject({ chatsAsked: 2, leases: 0 });
	});

	it('is an error where it cannot be fetched, and never empty', async () => {
		const fake = session();
		fake.http.chats = () =>
			Promise.reject(new AgentClubError('TOKEN_REFUSED', 'The server refuses the agent token'));

		await expect(searchChats.call(HOST)).rejects.toBeInstanceOf(NodeApiError);
		expect(fake.leases).toBe(0);
	});
});

describe('the list of groups', () => {
	it('has groups alone', async () => {
		session();

		expect((await searchGroups.call(HOST)).results.map(({ value }) => value)).toEqual([
			'gr_1f',
			'gc_2',
		]);
	});
});

describe('the list of people', () => {
	it('has those whose direct chat the agent can write to, by user id', async () => {
		session();

		expect((await searchPeople.call(HOST)).results).toEqual([
			{ name: 'Bot (Agent)', value: 'u_bot' },
			{ name: 'Mia (Human)', value: 'u_mia' },
		]);
	});
});
