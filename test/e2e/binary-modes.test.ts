import { outputOf } from '../../playground/host/n8n-types';
import { actionNode, chain, codeNode, node } from '../../playground/host/workflow-json';
import { downloadNode, Scene, START_WITHIN } from './scene';

/** Bytes. Larger than any piece in which it is read, and of no multiple of one. */
const SIZE = 3_000_017;
const MAKE_FILE = `
const row = Buffer.from(Array.from({ length: 251 }, (_, index) => index));
const content = Buffer.alloc(${SIZE}, row);
const { prepareBinaryData } = this.helpers;
const file = await prepareBinaryData(content, '大 file.zip', 'application/zip');
return [{ json: {}, binary: { file } }];`;
const EXPECTED = Buffer.from(Array.from({ length: SIZE }, (_nothing, index) => index % 251));

// n8n's own default, the file system, is what all other tests here use.
describe.each(['default', 'database'])('with n8n\'s binary data in the mode "%s"', (mode) => {
	let scene: Scene | undefined;

	beforeAll(async () => {
		scene = await Scene.start({ N8N_DEFAULT_BINARY_DATA_MODE: mode });
	}, START_WITHIN);

	afterAll(async () => {
		await scene?.stop();
	}, 60_000);

	it('a file goes up, comes down and goes up again byte for byte', async () => {
		if (!scene) throw new Error('The scene has not been started');
		const { credential, group } = await scene.cast();
		const send = (name: string, attachments: string) =>
			actionNode(
				credential,
				{
					resource: 'message',
					operation: 'send',
					sendTo: 'chat',
					chatId: { __rl: true, mode: 'id', value: group.id },
					text: '',
					options: { attachments },
				},
				name,
			);
		const download = downloadNode(credential);
		const start = node('Start', 'n8n-nodes-base.manualTrigger');
		const workflow = chain('There and back', [
			start,
			codeNode('File', MAKE_FILE),
			send('First', 'file'),
			download,
			send('Second', 'again'),
		]);
		const { id } = await scene.host.rest.createWorkflow(workflow);
		await scene.host.rest.runManually(id, 'Start');
		const [execution] = await scene.host.ended(id, 1, 60_000);

		expect(execution?.data.resultData.error).toBeUndefined();
		const [downloaded] = outputOf(execution, 'Download');
		expect(downloaded?.json).toMatchObject({ mimeType: 'application/zip', fileSize: SIZE });
		// In memory there is no id; elsewhere the id begins with the mode.
		expect(downloaded?.binary?.again?.id?.split(':')[0]).toBe(
			mode === 'default' ? undefined : mode,
		);
		const { attachments } = outputOf(execution, 'Second')[0]?.json as {
			attachments: { url: string; fileSize: number }[];
		};
		expect(attachments).toMatchObject([{ fileSize: SIZE }]);
		const arrived = Buffer.from(await (await fetch(attachments[0]?.url ?? '')).arrayBuffer());
		expect(arrived.equals(EXPECTED)).toBe(true);
	});
});
