import { parseServerAddress } from '../../../../client/connection/address';
import { uploadedFiles } from '../../../../nodes/AgentClub/files/uploaded-files';

const ADDRESS = parseServerAddress('https://club.test/sub');
const FILE = {
	url: 'https://club.test/sub/media/uploads/1_report.pdf',
	fileName: 'Bericht.pdf',
	kind: 'file',
	fileSize: 9,
};
const ON_SERVER = {
	url: '/media/uploads/1_report.pdf',
	fileName: 'Bericht.pdf',
	kind: 'file',
	fileSize: 9,
};

const read = (value: unknown) => uploadedFiles(value, ADDRESS);

describe('uploaded files', () => {
	it.each([
		['the items of the upload', [{ json: FILE, pairedItem: { item: 0 } }]],
		['their JSON', [FILE]],
		['one of them', FILE],
		['one item', { json: FILE }],
		['JSON text', JSON.stringify([FILE])],
		['JSON text of one', JSON.stringify(FILE)],
	])(
		'may be given as %s, and go out under the name that the server has for them',
		(_what, value) => {
			expect(read(value)).toEqual([ON_SERVER]);
		},
	);

	it.each([[undefined], [null], [''], ['  '], ['[]'], [[]]])('are none for %p', (value) => {
		expect(read(value)).toEqual([]);
	});

	it('get what is missing from the name, and no folders in it', () => {
		expect(read({ url: FILE.url, fileName: '../up/photo.PNG' })).toEqual([
			{ ...ON_SERVER, fileName: 'photo.PNG', kind: 'image', fileSize: null },
		]);
		expect(read({ ...FILE, kind: 'sticker', fileSize: '9' })).toEqual([
			{ ...ON_SERVER, fileSize: null },
		]);
	});

	it.each([
		[
			'elsewhere',
			{ ...FILE, url: 'https://evil.test/media/x.pdf' },
			'does not lie on the Agent Club server: "https://evil.test/media/x.pdf"',
		],
		[
			'that is none',
			{ ...FILE, url: 'https://club.test/sub/api/agent/chats' },
			'does not lie on the Agent Club server',
		],
		[
			'without an address',
			{ fileName: 'a.pdf' },
			'without "url" and "fileName": {"fileName":"a.pdf"}',
		],
		['without a name', { url: FILE.url }, 'without "url" and "fileName"'],
		['of a failed upload', { error: 'no' }, '{"error":"no"}'],
		['that is nothing', [undefined], 'without "url"'],
		['in broken JSON', '[{', 'is no JSON: "[{"'],
		['in JSON of something else', '"x"', 'is no JSON'],
	])('are an error for one %s, which says what it is', (_what, value, message) => {
		expect(() => read(value)).toThrow(
			expect.objectContaining({
				code: 'SETTINGS',
				message: expect.stringContaining(message) as string,
				remedy: expect.stringContaining('File: Upload') as string,
			}) as Error,
		);
	});
});
