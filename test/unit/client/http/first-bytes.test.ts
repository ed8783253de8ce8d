import { readType } from '../../../../client/http/first-bytes';
import * as files from '../../../support/sample-files';

const {
	AVIF,
	BMP,
	CFB,
	GIF,
	GZIP,
	HEIC,
	JPEG,
	M4A,
	MOV,
	MP3,
	MP4,
	NOISE,
	OPUS,
	PDF,
	PLAIN_PDF,
	PNG,
	SVG,
	TIFF,
	WAV,
	WEBM,
	WEBP,
	WEB_PAGE,
	ZIP,
} = files;
const text = (words: string) => Buffer.from(words);
const utf32 = (words: string) =>
	Buffer.from(Uint32Array.from(words, (character) => character.codePointAt(0) ?? 0).buffer);

describe('a file whose name and bytes agree', () => {
	it.each([
		['photo.png', PNG, 'image/png'],
		['photo.jpg', JPEG, 'image/jpeg'],
		['PHOTO.JPEG', JPEG, 'image/jpeg'],
		['photo.gif', GIF, 'image/gif'],
		['photo.webp', WEBP, 'image/webp'],
		['report.pdf', PDF, 'application/pdf'],
		['report.pdf', PLAIN_PDF, 'application/pdf'],
		['voice.ogg', OPUS, 'audio/ogg'],
		['voice.m4a', M4A, 'audio/mp4'],
		// What a browser records is an .m4a whose brand says MP4.
		['voice.m4a', MP4, 'audio/mp4'],
		['voice.mp3', MP3, 'audio/mpeg'],
		['voice.wav', WAV, 'audio/wav'],
		['clip.mp4', MP4, 'video/mp4'],
		['clip.mov', MOV, 'video/quicktime'],
		['clip.webm', WEBM, 'video/webm'],
		['a.zip', ZIP, 'application/zip'],
		['a.tar.gz', GZIP, 'application/gzip'],
		['a.docx', ZIP, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
		['a.doc', CFB, 'application/msword'],
		['a.xls', CFB, 'application/vnd.ms-excel'],
	])('keeps the type of its name: %s', async (name, bytes, mimeType) => {
		expect(await readType(name, bytes)).toEqual({ mimeType, seen: null, problem: null });
	});
});

describe('a file that is something else than its name says', () => {
	it.each([
		['photo.png', JPEG, 'image/jpeg', 'image', 'jpg'],
		['photo.jpg', WEBP, 'image/webp', 'image', 'webp'],
		['photo.jpg', HEIC, 'image/heic', 'image', 'heic'],
		['photo.jpg', AVIF, 'image/avif', 'image', 'avif'],
		['photo.jpg', TIFF, 'image/tiff', 'image', 'tif'],
		['photo.png', BMP, 'image/bmp', 'image', 'bmp'],
		['photo.jpg', PNG, 'image/png', 'image', 'png'],
		['notes.txt', PDF, 'application/pdf', 'file', 'pdf'],
		['notes.md', PLAIN_PDF, 'application/pdf', 'file', 'pdf'],
		['data.csv', ZIP, 'application/zip', 'file', 'zip'],
		['data.json', PNG, 'image/png', 'image', 'png'],
		['report.pdf', JPEG, 'image/jpeg', 'image', 'jpg'],
		['a.docx', PDF, 'application/pdf', 'file', 'pdf'],
		['voice.mp3', WAV, 'audio/wav', 'audio', 'wav'],
		['voice.mp3', OPUS, 'audio/ogg', 'audio', 'ogg'],
		['clip.mp4', WEBM, 'video/webm', 'video', 'webm'],
		['voice.mp3', WEBM, 'audio/webm', 'audio', 'webm'],
		['voice.ogg', WEBM, 'audio/webm', 'audio', 'webm'],
		['voice.mp3', MP4, 'audio/mp4', 'audio', 'mp4'],
		['letter.doc', text('{\\rtf1 hello}'), 'application/rtf', 'file', 'rtf'],
		['letter.txt', text('{\\rtf1 hello}'), 'application/rtf', 'file', 'rtf'],
		['no-extension', PNG, 'image/png', 'image', 'png'],
	])('%s is what its bytes are', async (name, bytes, mimeType, kind, extension) => {
		expect(await readType(name, bytes)).toEqual({
			mimeType,
			seen: { mimeType, kind, extension },
			problem: null,
		});
	});

	it.each([
		['photo.png', WEB_PAGE, 'text/html', '"photo.png" is no picture: it holds a web page'],
		['photo.jpg', SVG, 'image/svg+xml', '"photo.jpg" is no picture: it holds image/svg+xml'],
		[
			'photo.png',
			text('not found'),
			'text/plain',
			'"photo.png" is no picture: it holds text/plain',
		],
		[
			'photo.png',
			text('<?xml version="1.0"?><Error/>'),
			'application/xml',
			'"photo.png" is no picture: it holds application/xml',
		],
		['photo.png', PDF, 'application/pdf', '"photo.png" is no picture: it holds application/pdf'],
		['photo.gif', MP4, 'video/mp4', '"photo.gif" is no picture: it holds video/mp4'],
		[
			'photo.webp',
			NOISE,
			'application/octet-stream',
			'"photo.webp" is no picture: it holds bytes of no known format',
		],
		[
			'photo.png',
			Buffer.alloc(0),
			'application/octet-stream',
			'"photo.png" is no picture: it holds nothing',
		],
		[
			'report.pdf',
			Buffer.alloc(0),
			'application/octet-stream',
			'"report.pdf" is not what its name says: it holds nothing',
		],
		[
			'voice.mp3',
			Buffer.alloc(0),
			'application/octet-stream',
			'"voice.mp3" is no sound: it holds nothing',
		],
		[
			'clip.mp4',
			Buffer.alloc(0),
			'application/octet-stream',
			'"clip.mp4" is no video: it holds nothing',
		],
		[
			'a.zip',
			Buffer.alloc(0),
			'application/octet-stream',
			'"a.zip" is not what its name says: it holds nothing',
		],
		// Cut within its signature.
		[
			'photo.png',
			PNG.subarray(0, 4),
			'application/octet-stream',
			'"photo.png" is no picture: it holds bytes of no known format',
		],
		['voice.mp3', WEB_PAGE, 'text/html', '"voice.mp3" is no sound: it holds a web page'],
		['clip.mp4', PNG, 'image/png', '"clip.mp4" is no video: it holds image/png'],
		['clip.mp4', M4A, 'audio/mp4', '"clip.mp4" is no video: it holds audio/mp4'],
		['a.pdf', WEB_PAGE, 'text/html', '"a.pdf" is not what its name says: it holds a web page'],
	])('%s breaks the promise of its name, and says so', async (name, bytes, mimeType, problem) => {
		expect(await readType(name, bytes)).toMatchObject({ mimeType, problem });
	});
});

describe('a text', () => {
	it.each([
		['notes.txt', 'BM is a signature of two letters', 'text/plain'],
		['notes.txt', 'ID3 tags are hard', 'text/plain'],
		['notes.txt', 'OggS and fLaC and FLV', 'text/plain'],
		['list.csv', 'RIFF,WAVE\n1,2\n', 'text/csv'],
		['page.txt', '<!doctype html><p>the source of a page</p>', 'text/plain'],
		['page.md', '<svg/>', 'text/markdown'],
		['feed.xml', '<?xml version="1.0"?><rss/>', 'application/xml'],
		['feed.txt', '<?xml version="1.0"?><rss/>', 'text/plain'],
		['data.json', '{}', 'application/json'],
		['empty.txt', '', 'text/plain'],
		['empty.json', '', 'application/json'],
		['umlaut.txt', 'Grüße 你好 🎉'.repeat(10), 'text/plain'],
	])('%s keeps the type of its name: %j', async (name, words, mimeType) => {
		expect(await readType(name, text(words))).toEqual({ mimeType, seen: null, problem: null });
	});

	it.each([
		['in Latin-1', Buffer.from('Gr\xfc\xdfe aus K\xf6ln', 'latin1')],
		['in UTF-16', Buffer.from('\ufeffhello', 'utf16le')],
		['in UTF-32', utf32('\ufeffhello 你好 🎉')],
		['in UTF-32 of the other order', utf32('\ufeffhello 你好 🎉').swap32()],
		['in UTF-32 that is cut within a character', utf32('\ufeffhello').subarray(0, 22)],
		['that is cut within a character', text('ü'.repeat(2100)).subarray(0, 4099)],
	])('%s keeps the type of its name', async (_how, bytes) => {
		expect(await readType('a.txt', bytes)).toMatchObject({ mimeType: 'text/plain', seen: null });
	});

	it('that holds bytes is no text, which would go into the prompt of a model', async () => {
		expect(await readType('a.txt', NOISE)).toMatchObject({ mimeType: 'application/octet-stream' });
	});
});

describe('bytes that somebody made up', () => {
	it('never break it, and never keep it', async () => {
		const signatures = Object.values(files);
		for (let round = 0; round < 2000; round += 1) {
			const bytes = Buffer.concat([
				signatures[round % signatures.length] ?? PNG,
				Buffer.from(Array.from({ length: 40 }, (_, at) => (round * 31 + at * 97) % 256)),
			]);
			bytes[(round * 7) % bytes.length] = round % 256;
			const name = ['a.png', 'a.txt', 'a.mp3', 'a.zip'][round % 4] ?? '';
			expect((await readType(name, bytes)).mimeType).toMatch(/^\w+\/./);
		}
	});
});
