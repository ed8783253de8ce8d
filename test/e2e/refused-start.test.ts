import { chain, node } from '../../playground/host/workflow-json';
import { unreadBecomes } from '../support/unread';
import { type Cast, mention, openTrigger, useScene } from './scene';

const scene = useScene();

/** n8n looks at the credentials of all nodes before it begins an execution. */
async function publishWithoutCredential(
	{ credential }: Cast,
	options: Record<string, unknown>,
	acknowledge: string,
): Promise<string> {
	const { rest } = scene().host;
	const key = await rest.createCredential('Gone', 'httpHeaderAuth', { name: 'X-Key', value: 'k' });
	const request = node(
		'Request',
		'n8n-nodes-base.httpRequest',
		{
			url: 'http://127.0.0.1:9/',
			authentication: 'genericCredentialType',
			genericAuthType: 'httpHeaderAuth',
			options: {},
		},
		{ typeVersion: 4.2, credentials: { httpHeaderAuth: { id: key.id, name: key.name } } },
	);
	const trigger = openTrigger(credential, options, { acknowledge });
	const workflow = await scene().host.publish(chain(`Refused ${acknowledge}`, [trigger, request]));
	await rest.request('DELETE', `/rest/credentials/${key.id}`);
	return workflow;
}

/** What has become of the executions, when there are at least so many. */
async function statuses(workflow: string, count: number): Promise<string[]> {
	return (await scene().host.ended(workflow, count)).map(({ status }) => status);
}

describe('a workflow with a credential that is gone, whose executions n8n ends before they begin', () => {
	it.each([
		['immediately', 1, 0],
		['onCompletion', 1, 1],
		['onSuccess', 2, 1],
	])(
		'fails in %s: %i failed executions and %i failure replies for each message, and the chat goes on',
		async (acknowledge, executions, replies) => {
			const cast = await scene().cast();
			const workflow = await publishWithoutCredential(
				cast,
				{ retries: 1, retryDelay: 1, failureReply: 'Sorry.' },
				acknowledge,
			);
			for (const words of ['first', 'second'])
				await scene().club.say(cast.mia.id, cast.group, mention(cast.agent, words));

			await statuses(workflow, 2 * executions);
			await unreadBecomes(scene().club.url, cast.agent.token, []);

			expect(await statuses(workflow, 2 * executions)).toEqual(
				Array.from({ length: 2 * executions }, () => 'error'),
			);
			const said = await cast.page.from(cast.agent.id, cast.group.id, 2 * replies);
			expect(said.map(({ content }) => content)).toEqual(
				Array.from({ length: 2 * replies }, () => 'Sorry.'),
			);
		},
	);

	it('fails in manually once for each message, and the chat goes on', async () => {
		const cast = await scene().cast();
		const workflow = await publishWithoutCredential(cast, {}, 'manually');
		for (const words of ['first', 'second'])
			await scene().club.say(cast.mia.id, cast.group, mention(cast.agent, words));

		const ended = await scene().host.ended(workflow, 2);
		expect(ended.map(({ status }) => status)).toEqual(['error', 'error']);
		// n8n keeps what an execution was to begin with.
		const begun = ended.map(({ data }) => /(?<=plainText":")[^"]*/.exec(JSON.stringify(data))?.[0]);
		expect(begun).toEqual(['first', 'second']);
	});
});
