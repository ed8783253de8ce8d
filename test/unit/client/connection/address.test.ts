import {
	displayAddress,
	endpoint,
	mediaAddress,
	parseServerAddress,
	serverFileUrl,
} from '../../../../client/connection/address';

describe('a server URL', () => {
	it.each([
		['http://127.0.0.1:5555', 'http://127.0.0.1:5555', ''],
		['  https://Club.Example.com/  ', 'https://club.example.com', ''],
		['https://example.com/club', 'https://example.com', '/club'],
		['https://example.com/a/club//', 'https://example.com', '/a/club'],
		['HTTPS://example.com:443', 'https://example.com', ''],
	])('%p is read as %p below %p', (text, origin, basePath) => {
		expect(parseServerAddress(text)).toEqual({ origin, basePath });
	});

	it.each([
		[''],
		['   '],
		['example.com'],
		['ftp://example.com'],
		['javascript:alert(1)'],
		['http://'],
		['http://user@example.com'],
		['http://user:pass@example.com'],
		['file:///etc/passwd'],
	])('%p is an error that says what to enter', (text) => {
		expect(() => parseServerAddress(text)).toThrow(
			expect.objectContaining({
				code: 'SETTINGS',
				remedy: expect.stringContaining('https://chat.example.com') as string,
			}) as Error,
		);
	});

	it.each([
		['http://user:hunter2@example.com'],
		['ftp://user:hunter2@example.com'],
		['http://user:hunter2@[broken'],
		['user:hunter2@example.com'],
	])('is not repeated in the error where it holds a password: %p', (text) => {
		expect(() => parseServerAddress(text)).toThrow(
			expect.not.objectContaining({
				message: expect.stringContaining('hunter2') as string,
			}) as Error,
		);
	});

	it('cannot write a line of its own into the log by its error', () => {
		expect(() => parseServerAddress('nonsense\nerror: all is lost')).toThrow(
			/^The server URL "nonsense\\u\{a\}error: all is lost" does not begin/,
		);
	});

	it('puts endpoints below its sub-path', () => {
		const address = parseServerAddress('https://example.com/club/');

		expect(endpoint(address, '/api/agent/chats')).toBe('https://example.com/club/api/agent/chats');
		expect(displayAddress(address)).toBe('https://example.com/club');
	});
});

describe("the address of a message's file", () => {
	const root = parseServerAddress('http://club.test:5555');
	const below = parseServerAddress('https://example.com/club');

	it('on a server at the root is the one that it names', () => {
		expect(mediaAddress(root, '/media/uploads/a_b.png')).toEqual({
			url: 'http://club.test:5555/media/uploads/a_b.png',
			onServer: true,
		});
	});

	it('on a server below a sub-path gets the sub-path, which the server does not know of', () => {
		expect(mediaAddress(below, '/media/uploads/a.png')).toEqual({
			url: 'https://example.com/club/media/uploads/a.png',
			onServer: true,
		});
	});

	it('gets the sub-path once', () => {
		expect(mediaAddress(below, '/club/media/a.png')).toEqual({
			url: 'https://example.com/club/media/a.png',
			onServer: true,
		});
	});

	it('is told from the sub-path where both are called media', () => {
		const media = parseServerAddress('https://example.com/media');

		expect(mediaAddress(media, '/media/uploads/a.png')).toEqual({
			url: 'https://example.com/media/media/uploads/a.png',
			onServer: true,
		});
		expect(mediaAddress(media, '/media/media/uploads/a.png')).toEqual({
			url: 'https://example.com/media/media/uploads/a.png',
			onServer: true,
		});
	});

	it('may be whole, where it lies on the server itself', () => {
		expect(mediaAddress(root, 'http://club.test:5555/media/a.png')).toEqual({
			url: 'http://club.test:5555/media/a.png',
			onServer: true,
		});
		expect(mediaAddress(below, 'https://example.com/club/media/a.png')).toEqual({
			url: 'https://example.com/club/media/a.png',
			onServer: true,
		});
	});

	it('is the normalised one, which is what the server is asked for', () => {
		expect(mediaAddress(root, '/x/../media/./uploads/%61 b.png')).toEqual({
			url: 'http://club.test:5555/media/uploads/%61%20b.png',
			onServer: true,
		});
		expect(mediaAddress(root, '/media/uploads/报告.pdf')).toEqual({
			url: 'http://club.test:5555/media/uploads/%E6%8A%A5%E5%91%8A.pdf',
			onServer: true,
		});
	});

	it('may be relative, and then lies below the base path', () => {
		expect(mediaAddress(below, 'media/a.png')).toEqual({
			url: 'https://example.com/club/media/a.png',
			onServer: true,
		});
	});

	it.each([
		['//evil.test/x.png'],
		['/\\evil.test/x.png'],
		['\\\\evil.test/x.png'],
		['http://evil.test/x.png'],
		['https://club.test:5555/x.png'],
		['http://club.test:5556/x.png'],
		['http://club.test:5555@evil.test/x.png'],
		['http://user:pass@club.test:5555/x.png'],
		['javascript:alert(1)'],
		['data:image/png;base64,AAAA'],
		['file:///etc/passwd'],
		['blob:http://club.test:5555/1234'],
		['http://[broken'],
		[' //evil.test/x.png'],
		['/\t/evil.test/x.png'],
	])('%p never leads anywhere else than to the server', (fileUrl) => {
		const { url, onServer } = mediaAddress(root, fileUrl);

		const leadsElsewhere =
			!URL.canParse(url) || !/^http:\/\/club\.test:5555\//.test(new URL(url).href);
		expect(onServer && leadsElsewhere).toBe(false);
	});

	it.each([
		['//evil.test/x.png'],
		['/\\evil.test/x.png'],
		['http://evil.test/x.png'],
		['http://user:pass@club.test:5555/media/x'],
		['javascript:alert(1)'],
		['blob:http://club.test:5555/media/1'],
	])('%p is not on the server', (fileUrl) => {
		expect(mediaAddress(root, fileUrl).onServer).toBe(false);
	});

	it.each([
		['/internal/x.json'],
		['/'],
		['/media'],
		['/mediation/x.json'],
		['/MEDIA/x.json'],
		['//media/x.json'],
		['internal/x.json'],
		['http://club.test:5555/internal/x.json'],
		['/media/../internal/x.json'],
		['/media/uploads/../../internal/x.json'],
		['/media\\..\\internal/x.json'],
		['/media/%2e%2e/internal/x.json'],
		['/media/.%2E/internal/x.json'],
		['/media/..%2finternal/x.json'],
		['/media/..%5Cinternal/x.json'],
		['/media/%2e%2e%2finternal/x.json'],
		['/media/%252e%252e%252finternal/x.json'],
		['/media/..;/internal/x.json'],
		['/media/.\t./internal/x.json'],
		['?/media/x.json'],
		['#/media/x.json'],
	])('%p is on the server, but none of its files', (fileUrl) => {
		expect(mediaAddress(root, fileUrl).onServer).toBe(false);
	});

	it.each([
		['https://example.com/internal/x.json'],
		['https://example.com/media/x.json'],
		['https://example.com/clubhouse/media/x.json'],
		['/../internal/x.json'],
		['/internal/x.json'],
		['/club/internal/x.json'],
		['/clubhouse/a.png'],
		['/media/../../internal/x.json'],
		['/club/media/../../internal/x.json'],
		['../media/x.json'],
		['../internal/x.json'],
	])('%p is no file of the server below a sub-path', (fileUrl) => {
		expect(mediaAddress(below, fileUrl).onServer).toBe(false);
	});
});

describe('what the server itself calls one of its files', () => {
	const below = parseServerAddress('https://example.com/club');

	it.each([
		['https://example.com/club/media/uploads/1_a.png', '/media/uploads/1_a.png'],
		['/media/uploads/1_a.png', '/media/uploads/1_a.png'],
		['/club/media/uploads/1_a.png', '/media/uploads/1_a.png'],
		['https://example.com/club/media/a.png?x=1', '/media/a.png?x=1'],
	])('for %p is %p', (fileUrl, ownName) => {
		expect(serverFileUrl(below, fileUrl)).toBe(ownName);
	});

	it.each([
		['https://evil.test/media/a.png'],
		['https://example.com/club/api/agent/chats'],
		['/media/../api/chats'],
		['//evil.test/media/a.png'],
		['a.png'],
	])('is nothing for %p', (fileUrl) => {
		expect(serverFileUrl(below, fileUrl)).toBeUndefined();
	});
});
