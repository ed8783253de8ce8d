import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Attachment } from '../../client/inbound/item/attachments';
import { sendMessage, type SendRequest } from '../../client/outbound/send';
import type { FileToSend } from '../../client/outbound/upload';
import { AgentHarness } from '../support/agent-harness';
import { ForeignServer } from '../support/foreign-server';

const UNICODE_NAME = '季度报告 – Übersicht 📊.pdf';

function file(
	fileName: string,
	content: Buffer,
	size: number | undefined = content.length,
): FileToSend {
	async function* chunks() {
		for (let at = 0; at < content.length; at += 65_536)
			yield await Promise.resolve(content.subarray(at, at + 65_536));
	}
	return { fileName, size, open: () => Promise.resolve(chunks()) };
}

function request(h: AgentHarness, changes: Partial<SendRequest>): SendRequest {
	return {
		chat: h.group,
		text: '',
		format: 'text',
		mentionIds: [],
		files: [],
		uploaded: [],
		filesBefore: true,
		...changes,
	};
}

describe.each(['G1', 'G3'] as const)('files on %s', (generation) => {
	let h: AgentHarness;
	beforeEach(async () => {
		h = await AgentHarness.start({ generation });
	});
	afterEach(() => h.stop());

	/** Mia sends a file message; what the trigger makes of it. */
	async function received(
		fileUrl: string,
		fileName: string,
		maxBytes?: number,
		contentType = 'file',
	): Promise<Attachment<Buffer> | undefined> {
		const trigger = h.run({ fetches: maxBytes === undefined ? {} : { maxBytes } });
		await h.club.say(h.mia.id, h.group, { content: '', contentType, fileUrl, fileName });
		const execution = await trigger.execution(1);
		return execution.prepared?.attachments[0];
	}

	it('are sent as messages of their own, with their kind and their original name, before or behind the text', async () => {
		const { session } = h.action();
		const image = randomBytes(200_000);
		const files = [
			file(UNICODE_NAME, Buffer.from('%PDF')),
			file('photo.PNG', image),
			file('tune.mp3', Buffer.from('x')),
			file('clip.mov', Buffer.from('y')),
		];
		const before = await sendMessage(session, request(h, { text: 'before', files }));
		await sendMessage(
			session,
			request(h, { text: 'behind', files: files.slice(1, 2), filesBefore: false }),
		);
		const stored = await h.club.history(h.mia.id, h.group);
		expect(
			stored.map(({ content, contentType, fileName }) => [content, contentType, fileName]),
		).toEqual([
			['', 'file', UNICODE_NAME],
			['', 'image', 'photo.PNG'],
			['', 'audio', 'tune.mp3'],
			['', 'video', 'clip.mov'],
			['before', 'text', ''],
			['behind', 'text', ''],
			['', 'image', 'photo.PNG'],
		]);
		expect(before.files.map(({ messageId }) => messageId)).toEqual(
			stored.slice(0, 4).map(({ id }) => id),
		);
		expect(before.confirmation.messageId).toBe(stored[4]?.id);
		const served = await fetch(h.club.url + (stored[1]?.fileUrl ?? ''));
		expect(Buffer.from(await served.arrayBuffer()).equals(image)).toBe(true);
	});

	it('of unknown length are sent too', async () => {
		const { session } = h.action();
		const content = randomBytes(150_000);
		await sendMessage(session, request(h, { files: [file('data.zip', content, undefined)] }));
		const [stored] = await h.club.history(h.mia.id, h.group);
		const download = await session.download(stored?.fileUrl ?? '', 'data.zip', {
			maxBytes: 1_000_000,
			idleTimeout: 5000,
		});
		expect((await buffer(download.content)).equals(content)).toBe(true);
	});

	it('that the server would refuse are refused before anything is uploaded or said', async () => {
		const { session } = h.action();
		const wrong = request(h, {
			text: 'never said',
			files: [file('fine.txt', Buffer.from('x')), file('tool.exe', Buffer.from('x'))],
		});
		await expect(sendMessage(session, wrong)).rejects.toMatchObject({
			code: 'FILE',
			message: expect.stringContaining('tool.exe') as string,
		});
		const large = request(h, { files: [file('large.zip', Buffer.alloc(0), 50 * 1024 * 1024)] });
		await expect(sendMessage(session, large)).rejects.toMatchObject({
			code: 'FILE',
			message: expect.stringContaining('50.0 MB') as string,
		});
		expect(h.club.requests.filter(({ path }) => path.includes('upload'))).toEqual([]);
		expect(await h.contents()).toEqual([]);
	});

	it('that turn out too large on the way are named as such', async () => {
		const { session } = h.action();
		async function* endless() {
			for (;;) yield await Promise.resolve(Buffer.alloc(4 * 1024 * 1024));
		}
		const endlessFile: FileToSend = {
			fileName: 'endless.zip',
			size: undefined,
			open: () => Promise.resolve(endless()),
		};
		await expect(sendMessage(session, request(h, { files: [endlessFile] }))).rejects.toMatchObject({
			code: 'FILE',
			message: expect.stringContaining('too large') as string,
		});
		expect(await h.contents()).toEqual([]);
	});

	it('that are sent in part are told in the error', async () => {
		const { session } = h.action();
		await session.whenReady(10_000);
		h.club.faults.mangle(h.agent.id, (event, args) => {
			if (event === 'new_message') void h.club.removeMember(h.group.id, h.agent.id);
			return args;
		});
		const sending = sendMessage(
			session,
			request(h, { text: 'text', files: [file('a.txt', Buffer.from('a'))] }),
		);
		await expect(sending).rejects.toMatchObject({
			code: 'REFUSED',
			message: expect.stringContaining('the file "a.txt"') as string,
		});
	});

	it('arrive byte for byte, with name, kind, type and size', async () => {
		const content = randomBytes(300_000);
		const { url } = await h.club.uploadAs(h.mia.id, UNICODE_NAME, content);
		const attachment = await received(url, UNICODE_NAME);
		expect(attachment).toMatchObject({
			fileName: UNICODE_NAME,
			kind: 'file',
			mimeType: 'application/pdf',
			fileSize: 300_000,
			problem: null,
		});
		expect(attachment?.url).toBe(h.club.url + url);
		expect(attachment?.stored?.equals(content)).toBe(true);
	});

	it('of the same name do not mix', async () => {
		const trigger = h.run({ fetches: {} });
		const contents = [randomBytes(1000), randomBytes(1000)];
		for (const [index, content] of contents.entries()) {
			const { url } = await h.club.uploadAs(h.mia.id, 'report.pdf', content);
			await h.club.say(h.mia.id, index === 0 ? h.group : h.direct, {
				contentType: 'file',
				fileUrl: url,
				fileName: 'report.pdf',
			});
		}
		await trigger.started(2);
		const byChat = (type: string) =>
			trigger.executions.find(({ message }) => message.chat.type === type)?.prepared?.attachments[0]
				?.stored;
		expect(byChat('group')?.equals(contents[0] ?? Buffer.alloc(0))).toBe(true);
		expect(byChat('direct')?.equals(contents[1] ?? Buffer.alloc(0))).toBe(true);
	});

	it('above the limit are not read to their end: the message comes without', async () => {
		const { url } = await h.club.uploadAs(h.mia.id, 'large.zip', randomBytes(500_000));
		const attachment = await received(url, 'large.zip', 100_000);
		expect(attachment).toMatchObject({
			stored: undefined,
			problem: expect.stringContaining('larger than the limit') as string,
		});
	});

	it('that never end are cut at the limit, whatever the server announced', async () => {
		h.club.faults.failHttp({ path: /^\/media\//, mode: 'slow' });
		const attachment = await received('/media/uploads/endless.bin', 'endless.bin', 10);
		expect(attachment).toMatchObject({
			stored: undefined,
			problem: expect.stringContaining('larger than the limit') as string,
		});
	});

	it.each(['hang', 'slow'] as const)(
		'that do not come (%s) hold the message up for 60 s and no longer',
		async (mode) => {
			h.club.faults.failHttp({ path: /^\/media\//, mode });
			const trigger = h.run({ fetches: {} });
			await h.club.say(h.mia.id, h.group, {
				contentType: 'file',
				fileUrl: '/media/uploads/x.pdf',
				fileName: 'x.pdf',
			});
			await h.say('behind it');
			await h.club.waitFor(
				() => h.club.requests.some(({ path }) => path.includes('/media/')),
				'the request for the file',
			);
			await h.clock.skip(61_000);
			const [first, second] = [await trigger.execution(1), await trigger.execution(2)];
			expect(first.prepared?.attachments[0]).toMatchObject({
				stored: undefined,
				problem: expect.stringContaining('did not arrive within 60 s') as string,
			});
			expect(second.text).toBe('behind it');
		},
	);

	it.each([
		['404', '/media/uploads/nothing.pdf', undefined],
		['reset', '/media/uploads/broken.pdf', { path: /^\/media\//, mode: 'reset' as const }],
		['500', '/media/uploads/failing.pdf', { path: /^\/media\//, status: 500 }],
	])(
		'that cannot be had (%s) are told in the item, and the message comes without',
		async (_what, fileUrl, failure) => {
			if (failure) h.club.faults.failHttp(failure);
			const attachment = await received(fileUrl, 'lost.pdf');
			expect(attachment?.stored).toBeUndefined();
			expect(attachment?.problem).toMatch(/./);
		},
	);

	it('are fetched without the token', async () => {
		const { url } = await h.club.uploadAs(h.mia.id, 'a.txt', Buffer.from('a'));
		expect((await received(url, 'a.txt'))?.problem).toBeNull();
		const asked = h.club.requests.filter(({ path }) => path.includes('/media/'));
		expect(asked.map(({ authorization }) => authorization)).toEqual([undefined]);
	});

	describe('elsewhere', () => {
		let foreign: ForeignServer;
		beforeEach(async () => {
			foreign = await ForeignServer.start();
		});
		afterEach(() => foreign.stop());

		it.each<[string, (url: string) => string]>([
			['by an absolute address', (url) => `${url}/media/uploads/a.png`],
			['by an address without a scheme', (url) => `${url.replace('http:', '')}/a.png`],
			['by backslashes', (url) => `/\\${url.replace('http://', '')}/a.png`],
			[
				'with the configured server as a user name',
				(url) => url.replace('http://', 'http://127.0.0.1:5555@'),
			],
		])('%s are never fetched, and that server never hears of us', async (_how, address) => {
			const attachment = await received(address(foreign.url), 'a.png', undefined, 'image');
			expect(attachment).toMatchObject({
				stored: undefined,
				problem: expect.stringContaining('does not lie on the Agent Club server') as string,
			});
			expect(foreign.visits).toEqual([]);
		});

		it.each<[string, (url: URL) => string]>([
			['beside the sub-path', ({ origin }) => `${origin}/internal/x.json`],
			['above it', () => '/../internal/x.json'],
			['above it, from the media', () => '/media/../../internal/x.json'],
			['of its own interface', ({ pathname }) => `${pathname}/api/agent/chats`],
		])('on the same host but %s are never fetched', async (_where, address) => {
			const fileUrl = address(new URL(h.club.url));
			const attachment = await received(fileUrl, 'x.json');
			const problem = 'The file does not lie on the Agent Club server';
			expect(attachment).toMatchObject({
				stored: undefined,
				problem: expect.stringContaining(problem) as string,
			});
			const limits = { maxBytes: 1000, idleTimeout: 1000 };
			await expect(h.action().session.download(fileUrl, 'x.json', limits)).rejects.toThrow(problem);
			expect(h.club.requests.filter(({ path }) => path.includes('/internal/'))).toEqual([]);
		});

		it('by a redirect are not fetched either', async () => {
			h.club.faults.redirectMedia(`${foreign.url}/a.png`);
			const { url } = await h.club.uploadAs(h.mia.id, 'a.png', Buffer.from('a'));
			const attachment = await received(url, 'a.png', undefined, 'image');
			expect(attachment).toMatchObject({
				stored: undefined,
				problem: expect.stringContaining('redirects') as string,
			});
			expect(foreign.visits).toEqual([]);
		});
	});
});

describe('an upload that fails', () => {
	let h: AgentHarness;
	beforeAll(async () => {
		h = await AgentHarness.start();
	});
	afterAll(() => h.stop());

	const upload = (content = Buffer.from('a')) =>
		sendMessage(
			h.action().session,
			request(h, { text: 'with a file', files: [file('a.txt', content)] }),
		);

	it.each([
		[400, 'REFUSED', false],
		[401, 'TOKEN_REFUSED', false],
		[403, 'REFUSED', false],
		[404, 'NOT_AGENT_CLUB', false],
		[413, 'FILE', false],
		[500, 'UNREACHABLE', true],
	])(
		'with status %i is told as %s, and nothing is said in the chat',
		async (status, code, retriable) => {
			h.club.faults.failHttp({ path: /upload/, status });
			await expect(upload()).rejects.toMatchObject({
				code,
				status,
				retriable,
				message: expect.stringMatching(/^The file "a\.txt" \(0\.0 MB\) was not sent: /) as string,
			});
			expect(await h.contents()).toEqual([]);
		},
	);

	it.each([
		['a gateway does not reach the server', { status: 502 }],
		['the connection was reset', { mode: 'reset' as const }],
	])('because %s is begun again, and said once', async (_why, fault) => {
		const before = (await h.contents()).length;
		h.club.faults.failHttp({ path: /upload/, ...fault });
		await upload();
		expect((await h.contents()).slice(before)).toEqual(['', 'with a file']);
	});

	it('because the connection was reset each time, with a large file, names the file, and the limit that a proxy may have', async () => {
		h.club.faults.failHttp({ path: /upload/, mode: 'reset' }, 4);
		await expect(upload(Buffer.alloc(30 * 1024 * 1024))).rejects.toMatchObject({
			code: 'UNREACHABLE',
			message: expect.stringMatching(/^The file ".*" \(30\.0 MB\) was not sent/) as string,
			remedy: expect.stringContaining('client_max_body_size') as string,
		});
	});

	it('because there is no answer ends after its deadline', async () => {
		h.club.faults.failHttp({ path: /upload/, mode: 'hang' });
		const asked = h.club.requests.length;
		const uploading = expect(upload()).rejects.toMatchObject({ code: 'TIMEOUT' });
		await h.club.waitFor(
			() => h.club.requests.slice(asked).some(({ path }) => path.includes('upload')),
			'the upload',
		);
		await h.clock.skip(601_000);
		await uploading;
	});

	it('because something else answers is told as that', async () => {
		const foreign = await ForeignServer.start();
		const { session } = h.action(h.credentials({ url: foreign.url }));
		await expect(
			sendMessage(session, request(h, { files: [file('a.txt', Buffer.from('a'))] })),
		).rejects.toMatchObject({ code: 'NOT_AGENT_CLUB' });
		await expect(session.http.chats()).rejects.toMatchObject({ code: 'NOT_AGENT_CLUB' });
		await foreign.stop();
	});
});

describe('an answer of the server', () => {
	it.each([
		['no list of chats', '{"groups":"none"}', 'BAD_ANSWER'],
		['null', 'null', 'BAD_ANSWER'],
		['broken JSON', '{"groups":[', 'NOT_AGENT_CLUB'],
	])('that is %s is an error, and not "no chats"', async (_what, body, code) => {
		const h = await AgentHarness.start();
		const foreign = await ForeignServer.start({ type: 'application/json', body });
		await expect(
			h.action(h.credentials({ url: foreign.url })).session.http.chats(),
		).rejects.toMatchObject({ code });
		await h.stop();
		await foreign.stop();
	});
});
