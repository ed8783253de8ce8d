import { type Execution, type NodeJson, outputOf } from '../../playground/host/n8n-types';
import { chain, type CredentialReference, node } from '../../playground/host/workflow-json';
import type { N8nFixture } from '../support/n8n-fixture';
import { unreadBecomes } from '../support/unread';
import { type Cast, mention, openTrigger, replyNode, useScene } from './scene';

const scene = useScene();

/** A person who may use only what is their own: n8n lets its owner use every credential. */
let member: N8nFixture;
beforeAll(async () => {
	member = await scene().host.forMember();
});

const KEY = { name: 'X-Key', value: 'k' };

/** Credentials that n8n refuses before it begins an execution. */
const REFUSED = {
	'that is gone': async () => member.rest.createCredential('Gone', 'httpHeaderAuth', KEY),
	'without an ID': () => Promise.resolve({ id: null, name: 'Imported' }),
	"that is somebody else's": async () =>
		scene().host.rest.createCredential("The owner's", 'httpHeaderAuth', KEY),
};
type Refused = keyof typeof REFUSED;
const GONE = 'that is gone';

function request(credential: { id: string | null; name: string }): NodeJson {
	return node(
		'Request',
		'n8n-nodes-base.httpRequest',
		{
			url: 'http://127.0.0.1:9/',
			authentication: 'genericCredentialType',
			genericAuthType: 'httpHeaderAuth',
			options: {},
		},
		{ typeVersion: 4.2, credentials: { httpHeaderAuth: credential } },
	);
}

/** n8n looks at the credentials of all nodes before it begins an execution. */
async function publishWith(
	refused: Refused,
	{ agent }: Cast,
	options: Record<string, unknown>,
	acknowledge: string,
): Promise<{ workflow: string; trigger: NodeJson; credential: CredentialReference }> {
	const data = { serverUrl: scene().club.url, agentToken: agent.token };
	const credential = await member.credential(data);
	const trigger = openTrigger(credential, options, { acknowledge });
	const key = await REFUSED[refused]();
	const workflow = await member.publish(
		chain(`A credential ${refused}`, [trigger, request({ id: key.id, name: key.name })]),
	);
	if (refused === GONE) await member.rest.request('DELETE', `/rest/credentials/${key.id}`);
	return { workflow, trigger, credential };
}

/** Whether they have failed and, in each, what the trigger has put out. */
const outcomes = (ended: readonly Execution[]) =>
	ended.map((execution) => [
		execution.status,
		outputOf(execution, 'Agent Club Trigger').map(({ json }) => json.plainText),
	]);

describe('an execution that n8n ends before it begins, because a node has a credential', () => {
	it.each<[Refused, string, number, number]>([
		[GONE, 'immediately', 1, 0],
		[GONE, 'onCompletion', 1, 1],
		[GONE, 'onSuccess', 2, 1],
		['without an ID', 'onCompletion', 1, 1],
		["that is somebody else's", 'onCompletion', 1, 1],
	])(
		'%s, fails in %s: %i failed executions and %i failure replies for each message, and the chat goes on',
		async (refused, acknowledge, executions, replies) => {
			const cast = await scene().cast();
			const { agent, mia, group } = cast;
			const options = { retries: 1, retryDelay: 1, failureReply: 'Sorry.' };
			const { workflow, trigger, credential } = await publishWith(
				refused,
				cast,
				options,
				acknowledge,
			);
			for (const words of ['first', 'second'])
				await scene().club.say(mia.id, group, mention(agent, words));
			await member.ended(workflow, 2 * executions);
			await unreadBecomes(scene().club.url, agent.token, []);

			// What still waited for an attempt or a reply would have it before the next message.
			const answering = [trigger, replyNode(credential, 'Here I am.')];
			await member.publishAgain(workflow, chain('Without that node', answering));
			await scene().club.say(mia.id, group, mention(agent, 'third'));

			const said = await cast.page.from(agent.id, group.id, 2 * replies + 1);
			expect(said.map(({ content }) => content)).toEqual([
				...Array.from({ length: 2 * replies }, () => 'Sorry.'),
				'Here I am.',
			]);
			expect(outcomes(await member.ended(workflow, 2 * executions + 1))).toEqual([
				...Array.from({ length: 2 * executions }, () => ['error', []]),
				['success', ['third']],
			]);
		},
	);

	it('that is gone, fails in manually once for each message, and the chat goes on', async () => {
		const cast = await scene().cast();
		const { agent, mia, group } = cast;
		const { workflow, trigger } = await publishWith(GONE, cast, {}, 'manually');
		for (const words of ['first', 'second'])
			await scene().club.say(mia.id, group, mention(agent, words));
		await member.ended(workflow, 2);

		// Whatever still waited for an execution would have it now, before the next message.
		await member.publishAgain(workflow, chain('Without that node', [trigger]));
		await scene().club.say(mia.id, group, mention(agent, 'third'));

		expect(outcomes(await member.ended(workflow, 3))).toEqual([
			['error', []],
			['error', []],
			['success', ['third']],
		]);
	});
});
