import type { ILoadOptionsFunctions } from 'n8n-workflow';
import { agentRegistry } from '../../../../client/agent/registry';
import type { Member } from '../../../../client/protocol/answers';
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
