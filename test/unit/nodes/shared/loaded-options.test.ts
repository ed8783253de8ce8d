import type { ILoadOptionsFunctions } from 'n8n-workflow';
import { agentRegistry } from '../../../../client/agent/registry';
import type { Member } from '../../../../client/protocol/answers';
import { pause } from '../../../../client/clock';
import { AgentClubError } from '../../../../client/errors';
import { loadPeople } from '../../../../nodes/shared/loaded-options';
import { executeHost } from '../../../support/fake-host';
import { FakeSession } from '../../../support/fake-session';

jest.mock('../../../../client/agent/registry');

const HOST = executeHost() as unknown as ILoadOptionsFunctions;
const member = (id: string, name: string, kind: Member['kind']): Member => ({
	id,
	name,
	username: id,
	kind,
	isOnline: false,
});

const session = () => {
	const fake = new FakeSession();
	fake.memberList = [
		member('u_me', 'Me', 'agent'),
		member('u_robo', 'Robo', 'agent'),
		member('u_bob', 'Bob', 'human'),
	];
	jest.mocked(agentRegistry).mockReturnValue({ session: () => fake } as never);
	return fake;
};

const ROBO = { name: 'Robo', value: 'u_robo', description: 'Agent' };
const BOB = { name: 'Bob', value: 'u_bob', description: 'Human' };

describe('the list of people whose messages may start a workflow', () => {
	it('has anyone first, then everybody by name, but not the agent itself', async () => {
		const fake = session();
		fake.chatList = { ...fake.chatList, selfId: 'u_me' };

		const [anyone, ...people] = await loadPeople.call(HOST);

		expect(anyone).toMatchObject({ name: 'Anyone', value: '*' });
		expect(people).toEqual([BOB, ROBO]);
		expect(fake.leases).toBe(0);
	});

	it.each([
		['REFUSED', 403],
		['UNREACHABLE', 500],
	] as const)(
		'shows who could be told, and says which groups could not: %s %i',
		async (code, status) => {
			const fake = session();
			const groups = ['Team', 'Ops', 'News', '', 'Last'].map((name, index) => ({
				id: `gc_${index}`,
				name,
				description: '',
				createdAt: null,
			}));
			fake.chatList = { ...fake.chatList, groups };
			const refusing = (id: string) =>
				id === 'gc_0'
					? Promise.resolve([member('u_bob', 'Bob', 'human')])
					: Promise.reject(new AgentClubError(code, 'no', { status }));
			Object.assign(fake.http, { members: refusing });

			expect((await loadPeople.call(HOST)).slice(1)).toEqual([
				{
					name: '(Incomplete: the members of "Ops", "News", "gc_3" and 1 more could not be read)',
					value: '',
					description: expect.stringContaining('by an expression') as string,
				},
				BOB,
			]);
			expect(fake.leases).toBe(0);
		},
	);

	it('asks 400 groups a few at a time, each with a time of its own, and none after 20 s', async () => {
		const fake = session();
		const groups = Array.from({ length: 400 }, (_, index) => ({
			id: `gc_${index}`,
			name: `G${index}`,
			description: '',
			createdAt: null,
		}));
		fake.chatList = { ...fake.chatList, groups };
		const asked: number[] = [];
		let [open, most] = [0, 0];
		Object.assign(fake.http, {
			members: async (id: string, deadline: number) => {
				asked.push(deadline);
				open += 1;
				most = Math.max(most, open);
				await pause(fake.clock, 1000);
				open -= 1;
				return [member(`u_${id}`, id, 'human')];
			},
		});
		const loading = loadPeople.call(HOST);
		for (let second = 0; second < 25; second += 1) await fake.clock.advance(1000);
		const people = await loading;

		expect(most).toBe(8);
		expect(asked).toHaveLength(160);
		expect(new Set(asked)).toEqual(new Set([5000]));
		expect(people[1]?.name).toContain('and 237 more could not be read');
		expect(people.filter(({ value }) => String(value).startsWith('u_gc_'))).toHaveLength(160);
	});

	it('knows the agent from the connection where it has no direct chat', async () => {
		const fake = session();
		fake.chatList = { ...fake.chatList, directs: [] };
		fake.memberList = [
			member(fake.identity.userId, 'Me', 'agent'),
			member('u_bob', 'Bob', 'human'),
		];

		expect((await loadPeople.call(HOST)).slice(1)).toEqual([BOB]);
	});
});
