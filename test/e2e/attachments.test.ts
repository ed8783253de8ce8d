import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type ItemJson, outputOf } from '../../playground/host/n8n-types';
import { actionNode, chain, codeNode, node } from '../../playground/host/workflow-json';
import { itWhere, n8nOffers } from '../support/only-where';
import { JPEG, MP3, WEB_PAGE } from '../support/sample-files';
import { TINY_PNG } from '../support/tiny-png';
import { containing, downloadNode, openTrigger, replyNode, useScene } from './scene';
import { byId, runByHand } from './side-by-side';
import { callThisWorkflow, subWorkflow } from './sub-workflows';

const PDF = Buffer.concat([
	Buffer.from('%PDF-1.4\n'),
	Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 256)),
	Buffer.from('\n%%EOF'),
]);

/** What n8n 1.123 lacks, see docs/compatibility.md. */
const itIfCombined = itWhere(n8nOffers('binaryMode'), 'this n8n has no such mode');

const scene = useScene();

const bytesOf = (item: ItemJson | undefined, property?: string) =>
	scene().host.binary(item, property);

it('hands over an image and a PDF with a Unicode name as binary data, byte for byte', async () => {
	const { credential, mia, direct, page, agent } = await scene().cast();
	const workflow = await scene().host.publish(
		chain('Files in', [openTrigger(credential), replyNode(credential, 'got it')]),
	);
	const image = await scene().club.uploadAs(mia.id, 'photo.png', TINY_PNG);
	const pdf = await scene().club.uploadAs(mia.id, '报告 Übersicht.pdf', PDF);
	await scene().club.say(mia.id, direct, {
		contentType: 'image',
		fileUrl: image.url,
		fileName: 'photo.png',
	});
	await scene().club.say(mia.id, direct, {
		contentType: 'file',
		fileUrl: pdf.url,
		fileName: '报告 Übersicht.pdf',
	});
	await page.from(agent.id, direct.id, 2);
	const items = (await scene().host.ended(workflow, 2)).map(
		(execution) => outputOf(execution, 'Agent Club Trigger')[0],
	);
	expect(await bytesOf(items[0])).toEqual(TINY_PNG);
	expect(await bytesOf(items[1])).toEqual(PDF);
	expect(items[0]?.json).toMatchObject({
		chatInput: '[image: photo.png]',
		messageType: 'image',
		attachments: [
			{
				fileName: 'photo.png',
				kind: 'image',
				mimeType: 'image/png',
				fileSize: TINY_PNG.length,
				url: `${scene().club.url}${image.url}`,
				binaryPropertyName: 'data',
				problem: null,
			},
		],
	});
	expect(items[1]?.json).toMatchObject({
		attachments: [
			{
				fileName: '报告 Übersicht.pdf',
				kind: 'file',
				mimeType: 'application/pdf',
				binaryPropertyName: 'data',
			},
		],
	});
	expect(items[1]?.binary?.data).toMatchObject({
		fileName: '报告 Übersicht.pdf',
		mimeType: 'application/pdf',
	});
});

it('gives a file the type of its bytes, and says which picture is none', async () => {
	const { credential, mia, direct, page, agent } = await scene().cast();
	const workflow = await scene().host.publish(
		chain('Wrong names', [openTrigger(credential), replyNode(credential, 'got it')]),
	);
	for (const [fileName, bytes] of [
		['photo.png', JPEG],
		['page.png', WEB_PAGE],
	] as const) {
		const { url: fileUrl } = await scene().club.uploadAs(mia.id, fileName, bytes);
		await scene().club.say(mia.id, direct, { contentType: 'image', fileUrl, fileName });
	}
	await page.from(agent.id, direct.id, 2);
	const [photo, site] = (await scene().host.ended(workflow, 2)).map(
		(execution) => outputOf(execution, 'Agent Club Trigger')[0],
	);
	expect(photo?.json.attachments).toMatchObject([
		{ fileName: 'photo.png', kind: 'image', mimeType: 'image/jpeg', problem: null },
	]);
	expect(photo?.binary?.data).toMatchObject({ mimeType: 'image/jpeg', fileExtension: 'jpg' });
	expect(await bytesOf(photo)).toEqual(JPEG);
	expect(site?.json).toMatchObject({
		chatInput: '[file: page.png]',
		attachments: [
			{
				kind: 'file',
				mimeType: 'text/html',
				problem: '"page.png" is no picture: it holds a web page',
				binaryPropertyName: 'data',
			},
		],
	});
	expect(site?.binary?.data).toMatchObject({ mimeType: 'text/html', fileExtension: 'html' });
});

it('does not mix two attachments of the same name', async () => {
	const { credential, mia, direct, page, agent } = await scene().cast();
	const workflow = await scene().host.publish(
		chain('Same name', [openTrigger(credential), replyNode(credential, 'got it')]),
	);
	for (const body of ['first', 'second']) {
		const { url } = await scene().club.uploadAs(mia.id, 'note.txt', Buffer.from(body));
		await scene().club.say(mia.id, direct, {
			contentType: 'file',
			fileUrl: url,
			fileName: 'note.txt',
		});
	}
	await page.from(agent.id, direct.id, 2);
	const items = (await scene().host.ended(workflow, 2)).map(
		(execution) => outputOf(execution, 'Agent Club Trigger')[0],
	);
	expect(await Promise.all(items.map(async (item) => (await bytesOf(item)).toString()))).toEqual([
		'first',
		'second',
	]);
});

it('downloads nothing above the size limit, and the item says so', async () => {
	const { credential, mia, direct, page, agent } = await scene().cast();
	const workflow = await scene().host.publish(
		chain('Too large', [
			openTrigger(credential, { maxAttachmentSize: 0.001 }),
			replyNode(credential, 'got it'),
		]),
	);
	const { url } = await scene().club.uploadAs(mia.id, 'big.pdf', PDF);
	await scene().club.say(mia.id, direct, {
		contentType: 'file',
		fileUrl: url,
		fileName: 'big.pdf',
	});
	await page.from(agent.id, direct.id);
	const [execution] = await scene().host.ended(workflow, 1);
	const item = outputOf(execution, 'Agent Club Trigger')[0];
	expect(item?.binary).toBeUndefined();
	expect(item?.json).toMatchObject({
		attachments: [{ binaryPropertyName: null, problem: containing('larger than the limit') }],
	});
});

const MAKE_FILES = `
const png = '${TINY_PNG.toString('base64')}';
const { prepareBinaryData } = this.helpers;
const picture = await prepareBinaryData(Buffer.from(png, 'base64'), 'Bild ä.png', 'image/png');
const report = await prepareBinaryData(Buffer.from('col1;col2'), '报告.csv', 'text/csv');
return [{ json: {}, binary: { picture, report } }];`;

it('sends a text and two files in order, the files with their kinds and original names', async () => {
	const { credential, mia, direct, page, agent } = await scene().cast();
	const reply = replyNode(credential, 'here you are', { attachments: 'picture, report' });
	const workflow = await scene().host.publish(
		chain('Files out', [openTrigger(credential), codeNode('Files', MAKE_FILES), reply]),
	);
	await scene().club.say(mia.id, direct, { content: 'files please' });
	const answers = await page.from(agent.id, direct.id, 3);
	expect(
		answers.map(({ content, content_type: type, file_name: name }) => [content, type, name]),
	).toEqual([
		['here you are', 'text', ''],
		['', 'image', 'Bild ä.png'],
		['', 'file', '报告.csv'],
	]);
	expect(
		Buffer.from(await (await fetch(scene().club.url + (answers[1]?.file_url ?? ''))).arrayBuffer()),
	).toEqual(TINY_PNG);
	const [execution] = await scene().host.ended(workflow, 1);
	expect(outputOf(execution, 'Agent Club')[0]?.json).toMatchObject({
		text: 'here you are',
		messageId: answers[0]?.id,
		attachments: [
			{
				messageId: answers[1]?.id,
				fileName: 'Bild ä.png',
				kind: 'image',
				fileSize: TINY_PNG.length,
			},
			{ messageId: answers[2]?.id, fileName: '报告.csv', kind: 'file', fileSize: 9 },
		],
	});
});

it("sends pictures and sounds that n8n's HTTP Request node has fetched, under names with an extension", async () => {
	const { credential, mia, direct } = await scene().cast();
	const made = new Map([
		['/photos/200', { type: 'image/jpeg', bytes: JPEG }],
		['/speech', { type: 'audio/mpeg', bytes: MP3 }],
	]);
	const maker = createServer(({ url = '' }, response) => {
		const { type, bytes } = made.get(url) ?? {};
		response.writeHead(200, { 'content-type': type }).end(bytes);
	}).listen(0, '127.0.0.1');
	await once(maker, 'listening');
	const { port } = maker.address() as AddressInfo;
	const urls = [...made.keys()].map((path) => ({
		json: { url: `http://127.0.0.1:${port}${path}` },
	}));
	const fetched = node(
		'Fetch',
		'n8n-nodes-base.httpRequest',
		{
			url: '={{ $json.url }}',
			options: { response: { response: { responseFormat: 'file' } } },
		},
		{ typeVersion: 4.2 },
	);
	const send = {
		resource: 'message',
		operation: 'send',
		sendTo: 'user',
		userId: byId(mia.id),
		text: '',
		options: { attachments: 'data' },
	};
	try {
		await runByHand(
			scene().host,
			[actionNode(credential, send)],
			[codeNode('URLs', `return ${JSON.stringify(urls)};`), fetched],
		);
	} finally {
		maker.close();
	}
	expect(
		(await scene().club.history(mia.id, direct)).map(({ fileName, contentType }) => [
			fileName,
			contentType,
		]),
	).toEqual([
		['200.jpg', 'image'],
		['speech.mp3', 'audio'],
	]);
});

itIfCombined(
	'finds the triggering chat and files with n8n\'s binary mode "combined", by the expressions that the guide gives',
	async () => {
		const { credential, mia, direct, page, agent } = await scene().cast();
		const sending = (name: string, attachments: string, text: string) =>
			actionNode(
				credential,
				{ resource: 'message', operation: 'send', text, options: { attachments } },
				name,
			);
		const download = downloadNode(credential);
		const upload = actionNode(
			credential,
			{ resource: 'file', operation: 'upload', binaryPropertyName: 'data' },
			'Upload',
		);
		const words = "={{ $('Agent Club Trigger').item.plainText + ' ' + $json.chatId }}";
		const reply = sending('Reply', 'data', words);
		const rest = [
			sending('By Path', '_files.data', ''),
			sending('By File', '={{ $json._files.data }}', ''),
		];
		const row = chain(
			'Combined',
			[openTrigger(credential, { recentFiles: 5 }), download, sending('Pass On', 'again', '')],
			{ binaryMode: 'combined' },
		);
		// n8n runs what hangs on one node from top to bottom.
		const call = node(
			'Call',
			'n8n-nodes-base.executeWorkflow',
			callThisWorkflow({ chatId: '={{ $json.chatId }}' }),
			{ typeVersion: 1.2 },
		);
		const branches = [reply, ...rest, upload, call];
		const behind = [...branches, download].map(({ name }) => ({
			node: name,
			type: 'main',
			index: 0,
		}));
		// The advice of this node's error is the ID that the next one takes.
		const noChat = { ...sending('No Chat', '', 'to whom?'), onError: 'continueRegularOutput' };
		const told = actionNode(
			credential,
			{
				resource: 'message',
				operation: 'send',
				sendTo: 'chat',
				chatId: byId('={{ $("Start").item.chatId }}'),
				text: '={{ $json.error }}',
			},
			'By ID',
		);
		const called = subWorkflow('Start', ['chatId'], [noChat, told]);
		const workflow = await scene().host.publish({
			...row,
			nodes: [
				...row.nodes,
				...called.nodes,
				...branches.map((each, index) => ({
					...each,
					position: [220, (index - branches.length) * 160] as [number, number],
				})),
			],
			connections: {
				...row.connections,
				...called.connections,
				'Agent Club Trigger': { main: [behind] },
			},
		});
		const { url } = await scene().club.uploadAs(mia.id, 'photo.png', TINY_PNG);
		await scene().club.say(mia.id, direct, {
			content: 'back, please',
			contentType: 'image',
			fileUrl: url,
			fileName: 'photo.png',
		});
		const [said, ...more] = await page.from(agent.id, direct.id, 6);
		const files = more.filter(({ content_type: type }) => type !== 'text');
		const advice = more.find(({ content_type: type }) => type === 'text');
		// The second one is that of the sub-workflow.
		const [execution] = await scene().host.ended(workflow, 2);

		expect(said?.content).toBe(`back, please ${direct.id}`);
		expect(advice?.content).toContain('with the ID {{ $("Start").item.chatId }}.');
		// The reply's own, by path, by file, and the one that was downloaded.
		expect(files.map(({ content_type: type, file_name: name }) => [type, name])).toEqual(
			Array.from({ length: 4 }, () => ['image', 'photo.png']),
		);
		for (const { file_url: sent } of files) {
			const answer = await fetch(scene().club.url + sent);
			expect(Buffer.from(await answer.arrayBuffer())).toEqual(TINY_PNG);
		}
		expect(outputOf(execution, 'Upload')[0]?.json).toMatchObject({
			fileName: 'photo.png',
			kind: 'image',
			fileSize: TINY_PNG.length,
		});
	},
);

it('sends the files first when told so, and uploads a file by itself', async () => {
	const { credential, mia, direct, page, agent } = await scene().cast();
	const upload = actionNode(
		credential,
		{ resource: 'file', operation: 'upload', binaryPropertyName: 'report' },
		'Upload',
	);
	const before = replyNode(credential, '=uploaded {{ $("Upload").item.json.fileName }}', {
		attachments: 'picture',
		attachmentsOrder: 'before',
	});
	const files = codeNode('Files', MAKE_FILES);
	const again = codeNode('Again', 'return $("Files").all()');
	const workflow = await scene().host.publish(
		chain('Upload', [openTrigger(credential), files, upload, again, before]),
	);
	await scene().club.say(mia.id, direct, { content: 'files please' });
	const answers = await page.from(agent.id, direct.id, 2);
	expect(answers.map(({ content, content_type: type }) => [content, type])).toEqual([
		['', 'image'],
		['uploaded 报告.csv', 'text'],
	]);
	const [execution] = await scene().host.ended(workflow, 1);
	const uploaded = outputOf(execution, 'Upload')[0]?.json as {
		url: string;
		kind: string;
		fileSize: number;
	};
	expect(uploaded).toMatchObject({ kind: 'file', fileSize: 9 });
	expect(await (await fetch(uploaded.url)).text()).toBe('col1;col2');
});

it('fetches a file by the operation when the trigger leaves it on the server, and nothing from elsewhere', async () => {
	const { credential, mia, direct, page, agent } = await scene().cast();
	const fetchFile = actionNode(
		credential,
		{
			resource: 'file',
			operation: 'download',
			url: '={{ $json.attachments[0].url }}',
			binaryPropertyName: 'file',
			options: {},
		},
		'Download',
	);
	const workflow = await scene().host.publish(
		chain('Download', [
			openTrigger(credential, { downloadAttachments: 'none' }),
			{ ...fetchFile, onError: 'continueRegularOutput' },
			replyNode(credential, 'done'),
		]),
	);
	const { url } = await scene().club.uploadAs(mia.id, 'report.pdf', PDF);
	await scene().club.say(mia.id, direct, {
		contentType: 'file',
		fileUrl: url,
		fileName: 'report.pdf',
	});
	await scene().club.say(mia.id, direct, {
		contentType: 'file',
		fileUrl: 'http://169.254.169.254/latest',
		fileName: 'x.pdf',
	});
	await page.from(agent.id, direct.id, 2);
	const [first, second] = (await scene().host.ended(workflow, 2)).map(
		(execution) => outputOf(execution, 'Download')[0],
	);
	expect(await bytesOf(first, 'file')).toEqual(PDF);
	expect(first?.json).toEqual({
		fileName: 'report.pdf',
		kind: 'file',
		mimeType: 'application/pdf',
		fileSize: PDF.length,
		problem: null,
	});
	expect(second?.json).toEqual({ error: containing('does not lie on the Agent Club server') });
});

it('refuses a file that the server would refuse, before anything is sent, and says which are accepted', async () => {
	const { credential, mia, direct } = await scene().cast();
	const program = codeNode(
		'Program',
		'return [{ json: {}, binary: { data: await ' +
			"this.helpers.prepareBinaryData(Buffer.from('x'), 'run.exe', 'application/octet-stream') " +
			'} }];',
	);
	const workflow = await scene().host.publish(
		chain('Refused', [
			openTrigger(credential),
			program,
			replyNode(credential, 'see file', { attachments: 'data' }),
		]),
	);
	await scene().club.say(mia.id, direct, { content: 'file please' });
	const [execution] = await scene().host.ended(workflow, 1);
	expect(execution?.status).toBe('error');
	expect(execution?.data.resultData.error?.message).toContain('does not accept the file "run.exe"');
	expect(execution?.data.resultData.error?.description).toContain('pdf');
	expect((await scene().club.history(mia.id, direct)).map(({ content }) => content)).toEqual([
		'file please',
	]);
});

it('ships the licence texts of what is bundled', async () => {
	const licences = await readFile(join(__dirname, '../../dist/LICENSES.txt'), 'utf8');
	for (const name of ['socket.io-client', 'undici', 'zod', 'https-proxy-agent', 'proxy-from-env'])
		expect(licences).toContain(name);
});
