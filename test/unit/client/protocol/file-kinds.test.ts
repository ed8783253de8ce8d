import {
	ACCEPTED_EXTENSIONS,
	fileKindOf,
	fileTypeOf,
} from '../../../../client/protocol/file-kinds';

describe('the type of a file', () => {
	it.each([
		['photo.png', 'image', 'image/png'],
		['photo.PNG', 'image', 'image/png'],
		['song.m4a', 'audio', 'audio/mp4'],
		['clip.mov', 'video', 'video/quicktime'],
		['archive.tar.gz', 'file', 'application/gzip'],
		['报告.pdf', 'file', 'application/pdf'],
		['.md', 'file', 'text/markdown'],
	])('%p is %p, %p', (name, kind, mimeType) => {
		expect(fileTypeOf(name)).toEqual({ kind, mimeType });
	});

	it.each([
		['drawing.svg'],
		['page.html'],
		['tool.exe'],
		['README'],
		['x.pdf '],
		['a.'],
		[''],
		['constructor'],
		['x.toString'],
		['x.__proto__'],
		['x.constructor'],
	])('%p is none that the server takes', (name) => {
		expect(fileTypeOf(name)).toBeUndefined();
	});

	it('is known for every extension that the error messages name', () => {
		for (const extension of ACCEPTED_EXTENSIONS) expect(fileTypeOf(`x.${extension}`)).toBeDefined();
	});
});

describe("the kind of a message's file", () => {
	it.each([
		['image', 'image'],
		['audio', 'audio'],
		['video', 'video'],
		['file', 'file'],
		['text', 'file'],
		['', 'file'],
		['image/png', 'file'],
	])('by the content type %p is %p', (contentType, kind) => {
		expect(fileKindOf(contentType)).toBe(kind);
	});
});
