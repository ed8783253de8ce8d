import { outputOf } from '../../playground/host/n8n-types';
import { actionNode, chain, CREDENTIAL_TYPE, node } from '../../playground/host/workflow-json';
import { containing, mention, openTrigger, replyNode, Scene, START_WITHIN } from './scene';

/**
 * The server of these tests is on this machine, which n8n's protection blocks unless it is told
 * otherwise.
 */
const PROTECTED = { N8N_SSRF_PROTECTION_ENABLED: 'true' };

let scene: Scene;
beforeAll(async () => {
	scene = await Scene.start(PROTECTED);
}, START_WITHIN);
afterAll(async () => {
	await scene.stop();
}, 60_000);

it("n8n's SSRF protection is heeded everywhere and explained, and what it allows works", async () => {
	const { agent, credential, mia, group, page } = await scene.cast();
	const data = { serverUrl: scene.club.url, agentToken: agent.token };
	const tested = () => scene.host.rest.testCredential('', 'Test', CREDENTIAL_TYPE, data);
	const blocked = containing("n8n's SSRF protection blocks 127.0.0.1");
	const remedy = '127.0.0.1/32 to N8N_SSRF_ALLOWED_IP_RANGES';

	expect(await tested()).toMatchObject({
		status: 'Error',
		message: containing('SSRF protection is on, and n8n tells its rules to nodes'),
	});
	const trigger = openTrigger(credential);
	await expect(scene.host.loadOptions(trigger, 'loadPeople')).rejects.toThrow(
		"n8n's SSRF protection blocks 127.0.0.1",
	);
	expect(await tested()).toMatchObject({ status: 'Error', message: blocked });
	expect(await tested()).toMatchObject({ message: containing(remedy) });

	const workflow = await scene.host.publish(
		chain('Protected', [trigger, replyNode(credential, 'allowed')]),
	);
	await scene.host.logged('Connecting to Agent Club is blocked');
	await scene.host.logged(remedy);
	const [outage] = await scene.host.ended(workflow, 1);
	expect(outage).toMatchObject({
		status: 'error',
		data: { resultData: { error: { message: blocked } } },
	});

	const asked = {
		...actionNode(credential, { resource: 'agent', operation: 'get' }, 'Agent'),
		onError: 'continueRegularOutput' as const,
	};
	const { id } = await scene.host.rest.createWorkflow(
		chain('By hand', [node('Start', 'n8n-nodes-base.manualTrigger'), asked]),
	);
	await scene.host.rest.runManually(id, 'Start');
	const [byHand] = await scene.host.ended(id, 1);
	expect(outputOf(byHand, 'Agent').map(({ json }) => json)).toEqual([{ error: blocked }]);
	const { content } = await scene.club.say(mia.id, group, mention(agent, 'are you there?'));

	await scene.host.n8n.stop();
	await scene.host.n8n.startAgain({
		...PROTECTED,
		N8N_LOG_LEVEL: 'debug',
		N8N_SSRF_ALLOWED_IP_RANGES: '127.0.0.1/32',
	});
	expect((await page.from(agent.id, group.id))[0]?.content).toBe('allowed');
	const executions = await scene.host.ended(workflow, 2);
	expect(outputOf(executions[1], 'Agent Club Trigger')[0]?.json.text).toBe(content);
	expect(await tested()).toEqual({ status: 'OK', message: `Connected as ${agent.displayName}` });
});
