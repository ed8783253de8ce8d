import { outputOf } from '../../playground/host/n8n-types';
import { actionNode, chain, node } from '../../playground/host/workflow-json';
import { type Cast, containing, useScene } from './scene';

const scene = useScene();

/** Runs one operation by hand, without any trigger. */
async function run({ credential }: Cast, parameters: Record<string, unknown>) {
	const operation = actionNode(credential, parameters, 'Operation');
	const { id } = await scene().host.rest.createWorkflow(chain('Operation', [node('Start', 'n8n-nodes-base.manualTrigger'), operation]));
	await scene().host.rest.runManually(id, 'Start');
	const [execution] = await scene().host.ended(id, 1);
	return { items: outputOf(execution, 'Operation').map(({ json }) => json), error: execution?.data.resultData.error };
}

const byId = (value: string) => ({ __rl: true, mode: 'id', value });

it('tells who the agent is', async () => {
	const cast = await scene().cast();
	const { items } = await run(cast, { resource: 'agent', operation: 'get' });
	expect(items).toEqual([{ id: cast.agent.id, name: cast.agent.displayName, role: 'agent', kind: 'agent', serverUrl: scene().club.url }]);
});

it('lists groups and direct chats, by type and by a part of the name', async () => {
	const cast = await scene().cast();
	const all = await run(cast, { resource: 'chat', operation: 'getMany', filters: {} });
	expect(all.items).toEqual([
		{ chatId: cast.group.id, chatType: 'group', name: containing('Team'), description: '', user: null, createdAt: containing('T') },
		{
			chatId: cast.direct.id,
			chatType: 'direct',
			name: cast.mia.displayName,
			description: '',
			user: { id: cast.mia.id, name: cast.mia.displayName, kind: 'human', isOnline: true },
			createdAt: containing('T'),
		},
	]);
	const direct = await run(cast, { resource: 'chat', operation: 'getMany', filters: { chatType: 'direct', search: ' MIA' } });
	expect(direct.items.map(({ chatId }) => chatId)).toEqual([cast.direct.id]);
	expect((await run(cast, { resource: 'chat', operation: 'getMany', filters: { search: 'nobody' } })).items).toEqual([]);
});

it('lists the members of a group, and says that a direct chat has none', async () => {
	const cast = await scene().cast();
	const { items } = await run(cast, { resource: 'group', operation: 'getMembers', chatId: byId(cast.group.id) });
	expect(items).toEqual([
		{ id: cast.mia.id, name: cast.mia.displayName, username: cast.mia.username, kind: 'human', isSelf: false, isOnline: true },
		{ id: cast.agent.id, name: cast.agent.displayName, username: cast.agent.username, kind: 'agent', isSelf: true, isOnline: true },
	]);
	const { error } = await run(cast, { resource: 'group', operation: 'getMembers', chatId: byId(cast.direct.id) });
	expect(error?.message).toContain('A direct chat has no members');
});

it('lets a chat see the agent typing without holding the workflow up', async () => {
	const cast = await scene().cast();
	const typing = { resource: 'message', operation: 'sendTyping', sendTo: 'chat', chatId: byId(cast.group.id), seconds: 6 };
	const { items } = await run(cast, typing);
	expect(items).toHaveLength(1);
	const seen = cast.page.typing.length;
	await cast.page.until(() => cast.page.typing.length > seen, 'the agent still typing after the execution');
});
