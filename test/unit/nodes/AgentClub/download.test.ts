import { Readable } from 'node:stream';
import type { AgentSession } from '../../../../client/agent/agent-session';
import { AgentClubError } from '../../../../client/errors';
import type { DownloadLimits } from '../../../../client/http/download';
import { download } from '../../../../nodes/AgentClub/actions/file/download.operation';
import { FakeClock } from '../../../support/fake-clock';
import { executeHost } from '../../../support/fake-host';

/** The operation for one item; `asked` has what the session was asked for. */
function downloading(
	open: AgentSession['download'] = () => new Promise(() => undefined),
	url: unknown = ' http://club.test:5555/media/uploads/0123456789abcdef0123456789abcdef_a.txt ',
) {
	const clock = new FakeClock();
	const asked: Array<{ url: string; fileName: string; limits: DownloadLimits }> = [];
	const session = {
		clock,
		ask: <T>(question: () => Promise<T>) => question(),
		download: (url: string, fileName: string, limits: DownloadLimits) => {
			asked.push({ url, fileName, limits });
			return open(url, fileName, limits);
		},
	} as unknown as AgentSession;
	const helpers = {
		prepareBinaryData: (_content: Readable, fileName: string, mimeType: string) =>
			Promise.resolve({ fileName, fileExtension: 'txt', data: '', mimeType, bytes: 5 }),
	};
	const host = executeHost({
		parameters: {
			url,
			binaryPropertyName: 'file',
		},
		more: { helpers },
	});
	const cancel = new AbortController();
	const result = download.execute(
		{
			host,
			session,
			chats: () => Promise.reject(new Error('not asked')),
			tried: new Map(),
			signal: cancel.signal,
		},
		0,
	);
	return { clock, asked, cancel, result };
}

describe('the Download operation', () => {
	it('stores the file under the name that it was uploaded with', async () => {
		const { result, clock } = downloading(() =>
			Promise.resolve({
				content: Readable.from(['hello']),
				mimeType: 'text/plain',
				seen: null,
				problem: null,
				size: 5,
			}),
		);

		expect(await result).toMatchObject({
			json: { fileName: 'a.txt', kind: 'file', mimeType: 'text/plain', fileSize: 5, problem: null },
			binary: { file: { fileName: 'a.txt', fileExtension: 'txt' } },
		});
		expect(clock.pending).toBe(0);
	});

	it('gives the type that the first bytes tell, and its extension', async () => {
		const seen = { kind: 'image', mimeType: 'image/png', extension: 'png' } as const;
		const { result } = downloading(() =>
			Promise.resolve({
				content: Readable.from(['hello']),
				mimeType: 'image/png',
				seen,
				problem: null,
				size: 5,
			}),
		);

		expect(await result).toMatchObject({
			json: { fileName: 'a.txt', kind: 'image', mimeType: 'image/png' },
			binary: { file: { fileName: 'a.txt', mimeType: 'image/png', fileExtension: 'png' } },
		});
	});

	it.each([
		['', '"File URL" is empty'],
		['  ', '"File URL" is empty'],
		[null, '"File URL" is empty'],
		[7, '"File URL" is no text but a number'],
		[{ url: '/media/a' }, '"File URL" is no text but an object'],
		[['/media/a'], '"File URL" is no text but a list'],
		['photo.png', '"File URL" is no address of a file: "photo.png"'],
	])(
		'says what is wrong with the address %j, and asks the server nothing',
		async (url, message) => {
			const { asked, result } = downloading(undefined, url);

			await expect(result).rejects.toMatchObject({
				code: 'SETTINGS',
				message,
				remedy: expect.stringContaining('attachments[0].url') as string,
			});
			expect(asked).toEqual([]);
		},
	);

	it('gives a file ten minutes, not 1 ms more, and calls off what fetches it then', async () => {
		const { clock, asked, result } = downloading();
		const failures: unknown[] = [];
		void Promise.resolve(result).catch((error: unknown) => failures.push(error));

		await clock.advance(599_999);
		expect(failures).toEqual([]);
		await clock.advance(1);

		expect(failures).toMatchObject([
			{
				code: 'TIMEOUT',
				message: 'The file "a.txt" was not downloaded: It did not arrive within 600 s',
			},
		]);
		expect(asked[0]?.limits.signal?.aborted).toBe(true);
	});

	it('names the file with whatever goes wrong, and is otherwise the same error', async () => {
		const failure = new AgentClubError('FILE', 'The server no longer has this file', {
			remedy: 'Keep it.',
			status: 404,
			retriable: true,
			serverText: 'gone',
		});
		await expect(downloading(() => Promise.reject(failure)).result).rejects.toMatchObject({
			code: 'FILE',
			message: 'The file "a.txt" was not downloaded: The server no longer has this file',
			remedy: 'Keep it.',
			status: 404,
			retriable: true,
			serverText: 'gone',
			cause: failure,
		});
	});

	it("names the file that n8n's storage does not take", async () => {
		const full = downloading(() => Promise.reject(new Error('ENOSPC: no space left')));
		await expect(full.result).rejects.toMatchObject({
			code: 'FILE',
			message: 'The file "a.txt" was not downloaded: ENOSPC: no space left',
		});
	});

	it('is called off with its execution', () => {
		const { asked, cancel } = downloading();
		cancel.abort();

		expect(asked[0]?.limits.signal?.aborted).toBe(true);
	});
});
