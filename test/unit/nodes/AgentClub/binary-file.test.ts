import { Readable } from 'node:stream';
import type { IBinaryData } from 'n8n-workflow';
import { binaryFile } from '../../../../nodes/AgentClub/files/binary-file';
import { executeHost } from '../../../support/fake-host';

const file = (binary: Partial<IBinaryData>) => {
	const helpers = {
		assertBinaryData: () => binary,
		getBinaryMetadata: () => Promise.resolve({ fileSize: 9 }),
		getBinaryStream: (id: string) => Promise.resolve(Readable.from([Buffer.from(`stream of ${id}`)])),
		getBinaryDataBuffer: () => Promise.resolve(Buffer.from('in memory')),
	};
	return binaryFile(executeHost({ more: { helpers } }), 0, 'data');
};

const content = async (opened: Promise<AsyncIterable<Uint8Array>>) => {
	const chunks: Uint8Array[] = [];
	for await (const chunk of await opened) chunks.push(chunk);
	return Buffer.concat(chunks).toString();
};

describe('a file from an item', () => {
	it('is streamed where n8n keeps it outside memory', async () => {
		const read = await file({ id: 'filesystem:1', fileName: 'a.pdf' });

		expect(read).toMatchObject({ fileName: 'a.pdf', size: 9 });
		expect(await content(read.open())).toBe('stream of filesystem:1');
	});

	it('is read from memory otherwise', async () => {
		const read = await file({ fileName: 'a.pdf' });

		expect(read.size).toBe(9);
		expect(await content(read.open())).toBe('in memory');
	});

	it.each([
		[{ fileName: '../../etc/passwd.txt' }, 'passwd.txt'],
		[{ fileExtension: 'png' }, 'file.png'],
		[{}, 'file'],
	])('described as %j is called %p', async (binary, fileName) => {
		expect((await file(binary)).fileName).toBe(fileName);
	});
});
