import { setTimeout as sleep } from 'node:timers/promises';
import { outputOf } from '../../playground/host/n8n-types';
import { chain } from '../../playground/host/workflow-json';
import { type Cast, mention, openTrigger, replyNode, useScene } from './scene';
import { TINY_PNG } from '../support/tiny-png';

const TRIGGER = 'Agent Club Trigger';
const scene = useScene();

/** A file as the server's page posts it: a message of its own, without words or mentions. */
async function post(
	{ mia }: Cast,
	chat: Cast['group'],
	fileName: string,
	bytes: Buffer,
): Promise<string> {
	const { url } = await scene().club.uploadAs(mia.id, fileName, bytes);
	return (await scene().club.say(mia.id, chat, { contentType: 'image', fileUrl: url, fileName }))
		.id;
}

it('makes one item of a picture and the question about it, however long the person types in between', async () => {
	const cast = await scene().cast();
	const { agent, credential, mia, direct, page } = cast;
	const workflow = await scene().host.publish(
		chain('Collect', [
			openTrigger(credential, { collectSeconds: 4, collectMaxSeconds: 60 }),
			replyNode(credential, 'nice'),
		]),
	);
	const picture = await post(cast, direct, 'photo.png', TINY_PNG);
	// Longer than the pause: only the typing holds the item open.
	for (let second = 0; second < 8; second += 1) {
		page.type(direct);
		await sleep(1000);
	}
	const question = await scene().club.say(mia.id, direct, { content: 'what is it?' });
	await page.from(agent.id, direct.id);
	const executions = await scene().host.ended(workflow, 1);
	const [item] = outputOf(executions[0], TRIGGER);
	expect(executions).toHaveLength(1);
	expect(item?.json).toMatchObject({
		messageId: question.id,
		plainText: 'what is it?',
		chatInput: 'what is it?\n[image: photo.png]',
		attachments: [{ fileName: 'photo.png', messageId: picture, binaryPropertyName: 'data' }],
		messages: [
			{ messageId: picture, messageType: 'image' },
			{ messageId: question.id, text: 'what is it?' },
		],
	});
	expect(await scene().host.binary(item)).toEqual(TINY_PNG);
});

it('brings a picture along that was posted in the group before the mention', async () => {
	const cast = await scene().cast();
	const { agent, credential, mia, group, page } = cast;
	const workflow = await scene().host.publish(
		chain('Recent files', [openTrigger(credential), replyNode(credential, 'nice')]),
	);
	const picture = await post(cast, group, 'photo.png', TINY_PNG);
	await scene().club.say(mia.id, group, mention(agent, 'what is it?'));
	await page.from(agent.id, group.id);
	const [execution] = await scene().host.ended(workflow, 1);
	const [item] = outputOf(execution, TRIGGER);
	expect(item?.json).toMatchObject({
		plainText: 'what is it?',
		attachments: [{ messageId: picture, binaryPropertyName: 'data' }],
	});
	expect(await scene().host.binary(item)).toEqual(TINY_PNG);
});

it("tells what was said in the group since the agent's last message, and uses the user's own guide", async () => {
	const { agent, credential, mia, group, page } = await scene().cast();
	const options = {
		contextMessages: 5,
		mentionGuide: 'chatInput',
		// The editor makes an expression of a text with braces.
		mentionGuideText: '=You are {{agent}}.\n{{roster}}',
	};
	const workflow = await scene().host.publish(
		chain('Context', [openTrigger(credential, options), replyNode(credential, 'noted')]),
	);
	await scene().club.say(mia.id, group, mention(agent, 'hello'));
	await page.from(agent.id, group.id);
	const said = await scene().club.say(mia.id, group, { content: 'cake or pie?' });
	await scene().club.say(mia.id, group, mention(agent, 'which?'));
	await page.from(agent.id, group.id, 2);
	const [, execution] = await scene().host.ended(workflow, 2);
	const [item] = outputOf(execution, TRIGGER);
	expect(item?.json).toMatchObject({
		context: [{ messageId: said.id, plainText: 'cake or pie?', sender: { id: mia.id } }],
	});
	const input = String(item?.json.chatInput);
	expect(input).toMatch(
		/^Earlier in this chat:\n\[[^\]]+\] Mia \d+: cake or pie\?\n\nMia \d+: <at user_id/,
	);
	expect(input).toContain(`You are ${agent.displayName} (user_id="${agent.id}").\n- `);
});
