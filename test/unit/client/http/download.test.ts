import { Readable } from 'node:stream';
import { openDownload } from '../../../../client/http/download';
import type { HttpAnswer, HttpClient, HttpRequest } from '../../../../client/http/http-client';
import { PNG } from '../../../support/sample-files';

const MEDIA = { url: 'http://club.test:5555/media/uploads/1f_photo.png', onServer: true };

/** A server that answers with these bytes; `requests` has what it was asked. */
const server = (
	chunks: ReadonlyArray<string | Buffer>,
	headers: HttpAnswer['headers'] = {},
	status = 200,
) => {
	const requests: HttpRequest[] = [];
	const body = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
	const http: HttpClient = {
		send: (request) => {
			requests.push(request);
			return Promise.resolve({ status, headers, body });
		},
		close: () => undefined,
	};
	return { http, requests, body };
};

const limits = (maxBytes = 1000) => ({ maxBytes, idleTimeout: 1000 });

const read = async (content: Readable) => {
	const chunks: Buffer[] = [];
	for await (const chunk of content) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString('latin1');
};

/** All of the file, or the error that it ends with. */
const download = async (...request: Parameters<typeof openDownload>) =>
	read((await openDownload(...request)).content);

describe('a download', () => {
	it('streams a file of the configured server', async () => {
		const { http } = server(['abc', 'def'], {
			'content-length': '6',
			'content-type': 'application/octet-stream',
		});

		const file = await openDownload(http, MEDIA, 'a.csv', limits());

		expect(file).toMatchObject({ mimeType: 'text/csv', size: 6 });
		expect(await read(file.content)).toBe('abcdef');
	});

	it.each([
		['in one piece', [PNG]],
		['byte by byte', [...PNG].map((byte) => Buffer.from([byte]))],
		['in large pieces', [PNG, Buffer.alloc(9000, 1), Buffer.alloc(9000, 2)]],
	])('tells the type by the first bytes, which stay in the file, %s', async (_how, chunks) => {
		const { http } = server(chunks);

		const file = await openDownload(http, MEDIA, 'photo.jpg', limits(100_000));

		expect(file).toMatchObject({
			mimeType: 'image/png',
			seen: { kind: 'image', extension: 'png' },
			problem: null,
		});
		expect(await read(file.content)).toBe(Buffer.concat(chunks).toString('latin1'));
	});

	it('says that a picture is none, and gives the bytes all the same', async () => {
		const { http } = server(['<html>Sign in</html>'], { 'content-type': 'image/png' });

		const file = await openDownload(http, MEDIA, 'photo.png', limits());

		expect(file).toMatchObject({
			mimeType: 'text/html',
			problem: '"photo.png" is no picture: it holds a web page',
		});
		expect(await read(file.content)).toBe('<html>Sign in</html>');
	});

	it('of nothing is an empty file', async () => {
		expect(await download(server([]).http, MEDIA, 'a.txt', limits())).toBe('');
	});

	it('asks without the token, which media does not need', async () => {
		const { http, requests } = server(['x']);
		await openDownload(http, MEDIA, 'photo.png', limits());

		expect(requests[0]?.headers).toBeUndefined();
	});

	it('does not ask any other server', async () => {
		const { http, requests } = server(['x']);

		await expect(
			openDownload(http, { url: 'http://evil.test/x', onServer: false }, 'x.png', limits()),
		).rejects.toMatchObject({ code: 'FILE' });
		expect(requests).toEqual([]);
	});

	it('does not begin with a file that is announced as too large', async () => {
		const { http, body } = server(['x'], { 'content-length': '1001' });

		await expect(openDownload(http, MEDIA, 'photo.png', limits(1000))).rejects.toMatchObject({
			code: 'FILE',
		});
		expect(body.destroyed).toBe(true);
	});

	it.each([[{}], [{ 'content-length': '3' }]])(
		'counts what arrives, whatever %j announces',
		async (headers) => {
			const { http } = server(['x'.repeat(600), 'x'.repeat(600)], headers);

			await expect(download(http, MEDIA, 'photo.png', limits(1000))).rejects.toMatchObject({
				code: 'FILE',
			});
		},
	);

	it('may be exactly as large as the limit', async () => {
		const { http } = server(['x'.repeat(1000)], { 'content-length': '1000' });

		expect(await download(http, MEDIA, 'photo.png', limits(1000))).toHaveLength(1000);
	});

	it.each([
		['x.bin', 'text/plain; charset=utf-8', 'text/plain'],
		['x.bin', 'nonsense', null],
		['x.bin', undefined, null],
		['x.csv', 'text/plain', 'text/csv'],
	])('of %p served as %p is of the type %p', async (fileName, type, mimeType) => {
		const { http } = server(['x'], type === undefined ? {} : { 'content-type': type });

		expect((await openDownload(http, MEDIA, fileName, limits())).mimeType).toBe(mimeType);
	});

	it('says that the server has the file no longer', async () => {
		const { http } = server(['<html>'], {}, 404);

		await expect(openDownload(http, MEDIA, 'photo.png', limits())).rejects.toMatchObject({
			status: 404,
		});
	});

	it('is not the web page that somebody in between sends in its place', async () => {
		const { http, body } = server(['<html>'], { 'content-type': 'text/html; charset=utf-8' });

		await expect(openDownload(http, MEDIA, 'photo.png', limits())).rejects.toMatchObject({
			code: 'FILE',
			message: 'A web page came instead of the file',
		});
		expect(body.destroyed).toBe(true);
	});

	it.each([
		[404, 'The server no longer has this file', 'keep it in a storage of your own'],
		[410, 'The server no longer has this file', 'keep it in a storage of your own'],
		[401, 'The server does not give this file out (HTTP 401)', 'Check the address'],
		[403, 'The server does not give this file out (HTTP 403)', 'Check the address'],
	])(
		'that the server answers with %i blames neither token nor server URL',
		async (status, message, remedy) => {
			const { http } = server(['<html>'], {}, status);

			await expect(openDownload(http, MEDIA, 'photo.png', limits())).rejects.toMatchObject({
				code: 'FILE',
				message,
				remedy: expect.stringContaining(remedy) as string,
			});
		},
	);

	it('follows no redirect', async () => {
		const { http, requests } = server([''], { location: 'http://evil.test/' }, 302);

		await expect(openDownload(http, MEDIA, 'photo.png', limits())).rejects.toMatchObject({
			code: 'NOT_AGENT_CLUB',
		});
		expect(requests).toHaveLength(1);
	});

	it.each([
		['before it has begun', 0],
		['while it is read', 20_000],
	])('says in words what broke it off %s', async (_when, bytes) => {
		const { http, body } = server([]);
		const open = new Readable({ read: () => undefined });
		open.push(Buffer.alloc(bytes, 'x'));
		const broken: HttpClient = {
			...http,
			send: async (request) => ({ ...(await http.send(request)), body: open }),
		};
		const reading = download(broken, MEDIA, 'a.txt', limits(100_000));
		const judged = expect(reading).rejects.toMatchObject({
			code: 'UNREACHABLE',
			retriable: true,
			message: expect.stringContaining('club.test:5555') as string,
		});

		await new Promise(setImmediate);
		open.destroy(Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }));

		await judged;
		body.destroy();
	});
});
