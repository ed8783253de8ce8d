import { Readable } from 'node:stream';
import {
	type AttachmentSettings,
	type AttachmentSource,
	fetchAttachment,
	safeFileName,
} from '../../../../../client/inbound/item/attachments';
import { mediaAddress, parseServerAddress } from '../../../../../client/connection/address';
import { AgentClubError } from '../../../../../client/errors';
import { FakeClock } from '../../../../support/fake-clock';
import { message } from '../../../../support/sample-messages';

const ALL: AttachmentSettings = { download: 'all', maxBytes: 1000 };
const PHOTO = {
	content: '',
	content_type: 'image',
	file_url: '/media/uploads/1f_photo.png',
	file_name: 'photo.png',
};
/** Of a file whose bytes and name tell nothing. */
const UNTOLD = { mimeType: null, seen: null, problem: null, size: null };
const SERVER = parseServerAddress('http://club.test:5555');

/**
 * Fetches a message's file; `opened` has what was asked of the server, `sunk` what reached the
 * host's storage.
 */
const fetching = (
	overrides: Readonly<Record<string, unknown>> = PHOTO,
	settings = ALL,
	source: Partial<AttachmentSource> = {},
) => {
	const clock = new FakeClock();
	const opened: Array<{ url: string; maxBytes: number; signal: AbortSignal | undefined }> = [];
	const sunk: Array<{ fileName: string; mimeType: string | null; extension: string | null }> = [];
	const result = fetchAttachment(
		message('m', overrides),
		settings,
		{
			address: (fileUrl) => mediaAddress(SERVER, fileUrl),
			open: (media, _fileName, limits) => {
				opened.push({ url: media.url, maxBytes: limits.maxBytes, signal: limits.signal });
				return Promise.resolve({
					content: Readable.from(['bytes']),
					mimeType: 'image/png',
					seen: null,
					problem: null,
					size: 5,
				});
			},
			...source,
		},
		(content, fileName, type) => {
			content.resume();
			sunk.push({ fileName, ...type });
			return Promise.resolve({ stored: 'stored', size: 5 });
		},
		clock,
	);
	return { clock, opened, sunk, result };
};

describe("a message's file", () => {
	it("is streamed into the host's storage, under its name and type", async () => {
		const { result, opened, sunk } = fetching();

		expect(await result).toEqual({
			fileName: 'photo.png',
			kind: 'image',
			mimeType: 'image/png',
			fileSize: 5,
			url: 'http://club.test:5555/media/uploads/1f_photo.png',
			messageId: 'm',
			stored: 'stored',
			problem: null,
		});
		expect(opened).toMatchObject([
			{ url: 'http://club.test:5555/media/uploads/1f_photo.png', maxBytes: 1000 },
		]);
		expect(sunk).toEqual([{ fileName: 'photo.png', mimeType: 'image/png', extension: null }]);
	});

	it('is of the type that its first bytes tell, with the extension of it', async () => {
		const { result, sunk } = fetching(PHOTO, ALL, {
			open: () =>
				Promise.resolve({
					...UNTOLD,
					content: Readable.from(['bytes']),
					mimeType: 'application/pdf',
					seen: { kind: 'file', mimeType: 'application/pdf', extension: 'pdf' },
					problem: '"photo.png" is no picture: it holds application/pdf',
				}),
		});

		expect(await result).toMatchObject({
			fileName: 'photo.png',
			kind: 'file',
			mimeType: 'application/pdf',
			stored: 'stored',
			problem: '"photo.png" is no picture: it holds application/pdf',
		});
		expect(sunk).toEqual([
			{ fileName: 'photo.png', mimeType: 'application/pdf', extension: 'pdf' },
		]);
	});

	it('is none where the message has none', async () => {
		expect(await fetching({ file_url: null }).result).toBeUndefined();
	});

	it('is described and left alone where nothing is to be downloaded', async () => {
		const { result, opened } = fetching(PHOTO, { ...ALL, download: 'none' });

		expect(await result).toMatchObject({
			fileName: 'photo.png',
			mimeType: 'image/png',
			fileSize: null,
			stored: undefined,
			problem: null,
		});
		expect(opened).toEqual([]);
	});

	it('comes along when it is an image, where only images are wanted', async () => {
		const images: AttachmentSettings = { ...ALL, download: 'images' };

		expect(await fetching(PHOTO, images).result).toMatchObject({ stored: 'stored' });
		expect(await fetching({ ...PHOTO, content_type: 'file' }, images).result).toMatchObject({
			stored: undefined,
			problem: null,
		});
	});

	it('that is too large, or not to be had, is told as a problem, and the message goes on', async () => {
		const tooLarge = () =>
			Promise.reject(new AgentClubError('FILE', 'The file is larger than the limit of 10 MB'));

		expect(await fetching(PHOTO, ALL, { open: tooLarge }).result).toMatchObject({
			stored: undefined,
			problem: 'The file is larger than the limit of 10 MB',
		});
	});

	it('whose download fails half-way is told as a problem', async () => {
		const clock = new FakeClock();
		const source: AttachmentSource = {
			address: (url) => ({ url, onServer: true }),
			open: () => Promise.resolve({ ...UNTOLD, content: Readable.from(['x']) }),
		};

		const attachment = await fetchAttachment(
			message('m', PHOTO),
			ALL,
			source,
			() => Promise.reject(new Error('disk full')),
			clock,
		);

		expect(attachment).toMatchObject({ stored: undefined, problem: 'disk full' });
		expect(clock.pending).toBe(0);
	});

	it('has 60 s, not 1 ms more, and what fetches it is called off then', async () => {
		const { clock, result, opened } = fetching(PHOTO, ALL, {});
		await result;
		const signals: AbortSignal[] = [];
		const slow = fetching(PHOTO, ALL, {
			open: (_media, _name, { signal }) => {
				if (signal) signals.push(signal);
				return new Promise(() => undefined);
			},
		});
		const seen: unknown[] = [];
		void slow.result.then((attachment) => seen.push(attachment));

		await slow.clock.advance(59_999);
		expect(seen).toEqual([]);
		await slow.clock.advance(1);

		expect(seen).toMatchObject([
			{ stored: undefined, problem: 'The file did not arrive within 60 s' },
		]);
		expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
		expect(opened).toHaveLength(1);
		expect(clock.pending).toBe(0);
	});

	it("does not hold the chat up for ever where the host's storage hangs", async () => {
		const clock = new FakeClock();
		const source: AttachmentSource = {
			address: (url) => ({ url, onServer: true }),
			open: () => Promise.resolve({ ...UNTOLD, content: Readable.from(['x']) }),
		};
		const seen: unknown[] = [];
		void fetchAttachment(
			message('m', PHOTO),
			ALL,
			source,
			() => new Promise<never>(() => undefined),
			clock,
		).then((file) => seen.push(file));

		await clock.advance(60_000);

		expect(seen).toMatchObject([{ problem: expect.stringContaining('60 s') as string }]);
	});

	it('elsewhere keeps its address, for the workflow to judge', async () => {
		const foreign = fetching(
			{ ...PHOTO, file_url: 'http://evil.test/x.png' },
			{ ...ALL, download: 'none' },
		);

		expect(await foreign.result).toMatchObject({ url: 'http://evil.test/x.png' });
	});

	it('without a name is called by the last part of its address', async () => {
		expect(
			await fetching({ ...PHOTO, file_name: null, file_url: '/media/uploads/1f_%E6%8A%A5.pdf' })
				.result,
		).toMatchObject({ fileName: '1f_报.pdf' });
		expect(
			await fetching({ ...PHOTO, file_name: '', file_url: '/media/uploads/100%.pdf' }).result,
		).toMatchObject({ fileName: '100%.pdf' });
	});
});

describe('a file name that anybody may have chosen', () => {
	it.each([
		['photo.png', 'photo.png'],
		['报告 é.pdf', '报告 é.pdf'],
		['../../etc/passwd', 'passwd'],
		['C:\\Windows\\evil.exe', 'evil.exe'],
		['a/b/', 'file'],
		['..', 'file'],
		['', 'file'],
		['   ', 'file'],
		['x\u0000.png', 'x.png'],
		['a\nb.png', 'ab.png'],
		['\u202egnp.exe', 'gnp.exe'],
		['.env', '.env'],
		['علی\u200cرضا.pdf', 'علی\u200cرضا.pdf'],
		['👨\u200d👩\u200d👧.png', '👨\u200d👩\u200d👧.png'],
		['\u200d', 'file'],
		['\ud800x.png', 'x.png'],
		['\ud800'.repeat(300), 'file'],
	])('%j becomes %j', (name, safe) => {
		expect(safeFileName(name)).toBe(safe);
	});

	it('is cut at 200 characters, and keeps its extension', () => {
		expect(safeFileName(`${'x'.repeat(300)}.pdf`)).toBe(`${'x'.repeat(196)}.pdf`);
		expect(safeFileName('x'.repeat(300))).toBe('x'.repeat(200));
	});

	it('is never cut through the middle of a character', () => {
		expect(safeFileName(`x${'😀'.repeat(200)}`)).not.toMatch(/\p{Cs}/u);
	});
});
