import { multipartFile } from '../../../../client/http/multipart';

async function* chunks(...texts: string[]) {
	for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

const bodyOf = async (fileName: string, size: number | undefined = 6) => {
	const { headers, chunks: parts } = multipartFile('file', fileName, chunks('abc', 'def'), size);
	const all: Uint8Array[] = [];
	for await (const part of parts) all.push(part);
	return { headers, bytes: Buffer.concat(all) };
};

describe('a form with one file', () => {
	it('has the file between its boundaries, under its name in UTF-8', async () => {
		const { headers, bytes } = await bodyOf('报告 1.pdf');

		const boundary = headers['content-type']?.replace('multipart/form-data; boundary=', '') ?? '';
		expect(boundary).not.toBe('');
		const [before, part, after] = bytes.toString().split(`--${boundary}`);
		const [head, body] = (part ?? '').split('\r\n\r\n');
		expect(head).toContain('Content-Disposition: form-data; name="file"; filename="报告 1.pdf"');
		expect([before, body, after]).toEqual(['', 'abcdef\r\n', '--\r\n']);
	});

	it("says how long it is where the file's size is known", async () => {
		const { headers, bytes } = await bodyOf('a.pdf');

		expect(headers['content-length']).toBe(String(bytes.length));
	});

	it('does not say so where nobody knows', () => {
		expect(multipartFile('file', 'a.pdf', chunks('abc'), undefined).headers).not.toHaveProperty(
			'content-length',
		);
	});

	it('cannot be broken open by a file name', async () => {
		const { bytes } = await bodyOf('a"\r\nX-Evil: 1\r\n\r\n.pdf');

		expect(bytes.toString()).not.toContain('\r\nX-Evil');
		expect(bytes.toString()).toContain('filename="a%22%0D%0AX-Evil: 1%0D%0A%0D%0A.pdf"');
	});
});
