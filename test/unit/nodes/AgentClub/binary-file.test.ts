import { Readable } from 'node:stream';
import type { IBinaryData, INodeExecutionData } from 'n8n-workflow';
import { binaryFile } from '../../../../nodes/AgentClub/files/binary-file';
import { executeHost } from '../../../support/fake-host';

const file = (binary: Partial<IBinaryData>) => {
	const helpers = {
		assertBinaryData: () => ({ data: '', mimeType: 'application/octet-stream', ...binary }),
		getBinaryMetadata: () => Promise.resolve({ fileSize: 9 }),
		getBinaryStream: (id: string) =>
			Promise.resolve(Readable.from([Buffer.from(`stream of ${id}`)])),
		getBinaryDataBuffer: () => Promise.resolve(Buffer.from('decoded by n8n')),
	};
	return binaryFile(executeHost({ more: { helpers } }), 0, 'data');
};

const chunksOf = async (opened: Promise<AsyncIterable<Uint8Array>>) => {
	const chunks: Uint8Array[] = [];
	for await (const chunk of await opened) chunks.push(chunk);
	return chunks;
};
const content = async (opened: Promise<AsyncIterable<Uint8Array>>) =>
	Buffer.concat(await chunksOf(opened)).toString();

describe('a file from an item', () => {
	it.each([
		[
			'when it is looked at',
			{ getBinaryMetadata: () => Promise.reject(new Error('File not found')) },
		],
		['when it is opened', { getBinaryStream: () => Promise.reject(new Error('File not found')) }],
	])('that the storage has no longer names its field and itself, %s', async (_when, broken) => {
		const helpers = {
			assertBinaryData: () => ({ id: 'filesystem:1', fileName: 'a.pdf', data: '', mimeType: '' }),
			getBinaryMetadata: () => Promise.resolve({ fileSize: 9 }),
			...broken,
		};
		const reading = binaryFile(executeHost({ more: { helpers } }), 0, 'report').then((read) =>
			read.open(),
		);

		await expect(reading).rejects.toMatchObject({
			code: 'FILE',
			message: 'The file "a.pdf" in the field "report" cannot be read: File not found',
		});
	});

	it.each([[undefined], [Buffer.from('hello')], [{ type: 'Buffer', data: [104] }]])(
		'that a Code node has made as %j is an error that names the field and what to do',
		async (data) => {
			await expect(file({ data } as never)).rejects.toMatchObject({
				code: 'FILE',
				message: 'The field "data" has binary data in a form that is not n8n\'s',
				remedy: expect.stringContaining('prepareBinaryData') as string,
			});
		},
	);

	it('is streamed where n8n keeps it outside memory', async () => {
		const read = await file({ id: 'filesystem:1', fileName: 'a.pdf' });

		expect(read).toMatchObject({ fileName: 'a.pdf', size: 9 });
		expect(await content(read.open())).toBe('stream of filesystem:1');
	});

	it.each([[0], [1], [2], [3], [1_000_000]])(
		'of %d bytes in memory is decoded piece by piece, byte for byte',
		async (size) => {
			const bytes = Buffer.from(Array.from({ length: size }, (_nothing, index) => index % 251));
			const read = await file({ data: bytes.toString('base64'), fileName: 'a.pdf' });
			const chunks = await chunksOf(read.open());

			expect(read.size).toBe(size);
			expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
			expect(Math.max(0, ...chunks.map(({ length }) => length))).toBeLessThanOrEqual(64 * 1024);
		},
	);

	it.each([['aGVs\nbG8='], ['aGVsbG8'], ['data:text/plain;base64,aGVsbG8='], ['aG=sbG8=']])(
		'is left to n8n where it is written as %j',
		async (data) => {
			const read = await file({ data, fileName: 'a.txt' });

			expect(read.size).toBe('decoded by n8n'.length);
			expect(await content(read.open())).toBe('decoded by n8n');
		},
	);

	it.each<[Partial<IBinaryData>, string]>([
		[{ fileName: 'data', fileExtension: 'png', mimeType: 'image/png' }, 'data.png'],
		[{ fileName: '200', fileExtension: 'jpeg', mimeType: 'image/jpeg' }, '200.jpg'],
		[{ fileName: '200', mimeType: 'image/jpeg' }, '200.jpg'],
		[{ fileName: 'speech', fileExtension: 'mpga', mimeType: 'audio/mpeg' }, 'speech.mp3'],
		[{ fileName: 'speech', mimeType: 'audio/x-wav' }, 'speech.wav'],
		[{ fileName: 'notes.v2', mimeType: 'Text/Plain; charset=utf-8' }, 'notes.v2.txt'],
		[{ fileName: 'photo.JPEG', fileExtension: 'png', mimeType: 'image/png' }, 'photo.JPEG'],
		[{ fileName: 'tool.exe', fileExtension: 'exe', mimeType: 'application/x-dosexec' }, 'tool.exe'],
		[{ fileName: 'x', fileExtension: 'constructor', mimeType: 'toString' }, 'x'],
		[{ fileName: 'chart', fileExtension: '.png', mimeType: 'image/png' }, 'chart.png'],
		[{ fileName: 'chart.', mimeType: 'image/png' }, 'chart.png'],
		[{ mimeType: 'application/pdf' }, 'file.pdf'],
	])('described as %j goes out as %p', async (binary, fileName) => {
		expect((await file(binary)).fileName).toBe(fileName);
	});

	it.each([
		[{ fileName: '../../etc/passwd.txt' }, 'passwd.txt'],
		[{ fileExtension: 'png' }, 'file.png'],
		[{}, 'file'],
	])('described as %j is called %p', async (binary, fileName) => {
		expect((await file(binary)).fileName).toBe(fileName);
	});
});

describe('with n8n\'s setting "binaryMode": "combined"', () => {
	const binary: IBinaryData = { data: 'aGVsbG8=', mimeType: 'text/plain', fileName: 'a.txt' };
	const named = (field: string | IBinaryData, item: INodeExecutionData) =>
		binaryFile(
			executeHost({
				items: [item],
				more: {
					getWorkflowSettings: () => ({ binaryMode: 'combined' }),
					helpers: {
						// n8n's own takes paths in the JSON then.
						assertBinaryData: (_index: number, path: string) => {
							if (path === '_files.data') return binary;
							throw new Error(`no file at ${path}`);
						},
					},
				},
			}),
			0,
			field,
		);

	it.each([
		['by its name', 'data', { json: { _files: { data: binary } } }],
		['by its path', '_files.data', { json: { _files: { data: binary } } }],
		[
			'by its name where a node has left it beside the JSON',
			'data',
			{ json: {}, binary: { data: binary } },
		],
		['as the file itself', binary, { json: {} }],
	] as Array<[string, string | IBinaryData, INodeExecutionData]>)(
		'a file is found %s',
		async (_how, field, item) => {
			const read = await named(field, item);

			expect(read.fileName).toBe('a.txt');
			expect(await content(read.open())).toBe('hello');
		},
	);

	it('a file that is not there is an error of n8n', async () => {
		await expect(named('other', { json: { _files: { data: binary } } })).rejects.toThrow(
			'no file at other',
		);
	});
});
