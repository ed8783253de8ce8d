import { Readable } from 'node:stream';
import { AgentClubError } from '../../../../client/errors';
import { noAnswer, refusal } from '../../../../client/http/http-errors';
import type { AgentHttp } from '../../../../client/http/agent-http';
import { checkFile, uploadFile } from '../../../../client/outbound/upload';

const MB = 1024 * 1024;

/** Takes uploads; `names` has the names that the server would see. */
const http = (failure?: Error) => {
	const names: string[] = [];
	const upload = async (name: string, content: AsyncIterable<Uint8Array>) => {
		names.push(name);
		if (failure) throw failure;
		let bytes = 0;
		for await (const chunk of content) bytes += chunk.length;
		return { url: `/media/uploads/1f_${bytes}`, fileName: name, kind: 'file' as const };
	};
	return { names, http: { upload } as unknown as AgentHttp };
};

const file = (
	fileName: string,
	size: number | undefined,
	chunks: Uint8Array[] = [Buffer.from('abc')],
) => ({
	fileName,
	size,
	open: () => Promise.resolve(Readable.from(chunks)),
});

/** What the network's error becomes. */
const broken = (code: string, message: string) =>
	noAnswer(
		Object.assign(new Error(message), { code, ...(message.includes('closed') && CLOSED_UNREAD) }),
		'http://club.test/api/agent/upload',
	);
const CLOSED_UNREAD = { socket: { bytesRead: 0 } };

describe('a file to send', () => {
	it.each([['photo.PNG'], ['报告.pdf'], ['archive.tar.gz']])('may be %p', (fileName) => {
		expect(() => {
			checkFile({ fileName, size: 10 });
		}).not.toThrow();
	});

	it.each([['drawing.svg'], ['page.html'], ['README'], ['x.pdf '], ['x.constructor']])(
		'is refused as %p, with the extensions that are accepted',
		(fileName) => {
			expect(() => {
				checkFile({ fileName, size: 10 });
			}).toThrow(
				expect.objectContaining({
					code: 'FILE',
					remedy: expect.stringMatching(/png.*pdf.*zip/) as string,
				}) as Error,
			);
		},
	);

	it('may have a little less than 50 MB, for the limit is that of the whole request', () => {
		expect(() => {
			checkFile({ fileName: 'a.zip', size: 50 * MB - 1024 });
		}).not.toThrow();
		expect(() => {
			checkFile({ fileName: 'a.zip', size: 50 * MB - 1023 });
		}).toThrow(
			expect.objectContaining({
				code: 'FILE',
				message: expect.stringContaining('50 MB') as string,
			}) as Error,
		);
	});

	it('may be empty', () => {
		expect(() => {
			checkFile({ fileName: 'a.txt', size: 0 });
		}).not.toThrow();
	});
});

describe('uploading', () => {
	it('streams the file under its name', async () => {
		const { http: server, names } = http();

		await expect(uploadFile(server, file('报告.pdf', 3))).resolves.toMatchObject({
			url: '/media/uploads/1f_3',
		});
		expect(names).toEqual(['报告.pdf']);
	});

	it('does not open what the server would refuse', async () => {
		const { http: server, names } = http();
		const refused = { ...file('x.exe', 3), open: () => Promise.reject(new Error('opened')) };

		await expect(uploadFile(server, refused)).rejects.toMatchObject({ code: 'FILE' });
		expect(names).toEqual([]);
	});

	it('gives a name that is too long for the server a short one with the same extension', async () => {
		const { http: server, names } = http();

		await uploadFile(server, file(`${'长'.repeat(100)}.pdf`, 3));
		await uploadFile(server, file(`${'x'.repeat(146)}.pdf`, 3));

		expect(names).toEqual(['file.pdf', `${'x'.repeat(146)}.pdf`]);
	});

	it('ends a file of unknown size where it gets too large', async () => {
		const { http: server } = http();
		const chunk = Buffer.alloc(10 * MB);

		await expect(
			uploadFile(server, file('a.zip', undefined, [chunk, chunk, chunk, chunk, chunk])),
		).rejects.toMatchObject({ code: 'FILE' });
	});

	it.each([3, 38 * MB, 49 * MB])(
		'names the file of %i bytes under which the connection broke, and calls it no size too large',
		async (size) => {
			const { http: server } = http(broken('EPIPE', 'write EPIPE'));

			await expect(uploadFile(server, file('a.zip', size))).rejects.toMatchObject({
				code: 'UNREACHABLE',
				retriable: true,
				message:
					`The file "a.zip" (${(size / MB).toFixed(1)} MB) was not sent: club.test cannot be ` +
					'reached (EPIPE)',
			});
		},
	);

	it.each([
		['ECONNRESET', 'read ECONNRESET'],
		['ECONNRESET', 'socket hang up'],
		['EPIPE', 'write EPIPE'],
		['UND_ERR_SOCKET', 'other side closed'],
	])(
		'speaks first of the limit that a proxy may have where the connection broke, and not of HTTPS: %s, %s',
		async (code, message) => {
			const { http: server } = http(broken(code, message));

			const failure: unknown = await uploadFile(server, file('a.zip', 3)).catch((e: unknown) => e);

			expect(failure).toMatchObject({
				remedy: expect.stringMatching(/^The connection ended.*client_max_body_size/) as string,
			});
			expect(failure).not.toMatchObject({
				remedy: expect.stringContaining('https://') as string,
			});
		},
	);

	it.each([
		['ECONNREFUSED', 'that the server is running'],
		['ENOTFOUND', 'Check the server URL'],
		['DEPTH_ZERO_SELF_SIGNED_CERT', 'a valid certificate'],
	])('does not speak of a limit where there was no connection: %s', async (code, remedy) => {
		const { http: server } = http(broken(code, 'failed'));

		const failure: unknown = await uploadFile(server, file('a.zip', 3)).catch((e: unknown) => e);

		expect(failure).toMatchObject({
			message: expect.stringContaining('The file "a.zip" (0.0 MB) was not sent: ') as string,
			remedy: expect.stringContaining(remedy) as string,
		});
		expect(failure).not.toMatchObject({
			remedy: expect.stringContaining('client_max_body_size') as string,
		});
	});

	it.each([
		[500, '{"error":"no space"}', 'UNREACHABLE', true, 'club.test failed (HTTP 500): no space'],
		[502, '<html>', 'UNREACHABLE', true, 'club.test failed (HTTP 502)'],
		[429, '', 'UNREACHABLE', true, 'club.test gets too many requests from here (HTTP 429)'],
		[403, '{"error":"no"}', 'REFUSED', false, 'club.test refuses this: no'],
		[400, '{"error":"no"}', 'REFUSED', false, 'club.test refuses this: no'],
		[401, '{"error":"no"}', 'TOKEN_REFUSED', false, 'club.test refuses the agent token: no'],
		[404, '', 'NOT_AGENT_CLUB', false, 'club.test does not answer like Agent Club (HTTP 404)'],
	])(
		'names the file that the server answers with %i %s, and is otherwise the same error',
		async (status, body, code, retriable, message) => {
			const refused = refusal('club.test', status, body, undefined);
			const { http: server } = http(refused);

			await expect(uploadFile(server, file('a.zip', 2 * MB))).rejects.toMatchObject({
				code,
				status,
				retriable,
				message: `The file "a.zip" (2.0 MB) was not sent: ${message}`,
				remedy: refused.remedy,
				serverText: refused.serverText,
			});
		},
	);

	it('names the file and its size where a front finds it too large', async () => {
		const { http: server } = http(refusal('club.test', 413, '<html>nginx</html>', undefined));

		await expect(uploadFile(server, file('a.zip', 2 * MB))).rejects.toMatchObject({
			code: 'FILE',
			message:
				'The file "a.zip" (2.0 MB) was not sent: club.test takes nothing that large (HTTP 413)',
			remedy: expect.stringContaining('client_max_body_size') as string,
		});
	});

	it('names the file whose upload stood still', async () => {
		const { http: server } = http(new AgentClubError('TIMEOUT', 'no answer within 600 s'));

		await expect(uploadFile(server, file('a.zip', undefined))).rejects.toMatchObject({
			code: 'TIMEOUT',
			message: 'The file "a.zip" was not sent: no answer within 600 s',
			remedy: expect.stringContaining('stood still') as string,
		});
	});

	it('opens the file when its first byte is asked for: an upload that never begins leaves nothing open', async () => {
		const { http: server } = http(new AgentClubError('UNREACHABLE', 'ECONNREFUSED'));
		const open = jest.fn();

		await expect(uploadFile(server, { fileName: 'a.zip', size: 3, open })).rejects.toMatchObject({
			code: 'UNREACHABLE',
		});
		expect(open).not.toHaveBeenCalled();
	});

	it('closes the file where the upload ends early', async () => {
		const stream = Readable.from([Buffer.from('a'), Buffer.from('b')]);
		const upload = async (_name: string, content: AsyncIterable<Uint8Array>) => {
			for await (const chunk of content)
				throw new AgentClubError('UNREACHABLE', `broken after ${chunk.length}`);
		};
		const broken = { upload } as unknown as AgentHttp;

		await expect(
			uploadFile(broken, { fileName: 'a.zip', size: 2, open: () => Promise.resolve(stream) }),
		).rejects.toMatchObject({
			message: expect.stringContaining('broken after 1') as string,
		});
		expect(stream.destroyed).toBe(true);
	});

	it('names the file where it cannot be read, and does not blame the network', async () => {
		const { http: server } = http();
		const unreadable = {
			fileName: 'a.zip',
			size: 3,
			open: () => Promise.reject(new Error('ENOENT')),
		};

		await expect(uploadFile(server, unreadable)).rejects.toMatchObject({
			code: 'FILE',
			message: expect.stringContaining('"a.zip" cannot be read: ENOENT') as string,
		});
	});
});
