import { AgentClubError } from '../../../../client/errors';
import { fileRefusal, noAnswer, notAgentClub, refusal } from '../../../../client/http/http-errors';

const URL = 'https://club.test:5555/api/agent/chats?secret=1';
const SERVER = 'club.test:5555';
const failure = (code: string, message = 'failed') => Object.assign(new Error(message), { code });

describe('a request without an answer', () => {
	it.each([
		[failure('ECONNREFUSED'), 'UNREACHABLE', true],
		[new TypeError('fetch failed', { cause: failure('EPIPE') }), 'UNREACHABLE', true],
		[new AggregateError([failure('ECONNREFUSED')], ''), 'UNREACHABLE', true],
		[failure('UND_ERR_HEADERS_TIMEOUT'), 'TIMEOUT', true],
		[failure('UND_ERR_CONNECT_TIMEOUT'), 'TIMEOUT', true],
		[failure('UND_ERR_ABORTED'), 'CANCELLED', false],
		[Object.assign(new Error('aborted'), { name: 'AbortError' }), 'CANCELLED', false],
		[failure('DEPTH_ZERO_SELF_SIGNED_CERT'), 'UNREACHABLE', false],
		[failure('ERR_TLS_CERT_ALTNAME_INVALID'), 'UNREACHABLE', false],
		[failure('CERT_HAS_EXPIRED'), 'UNREACHABLE', false],
		['odd', 'UNREACHABLE', true],
	])('for the reason %s is %s (worth trying again: %s)', (error, code, retriable) => {
		expect(noAnswer(error, URL)).toMatchObject({ code, retriable });
	});

	it('tells a bad certificate from a server that is down', () => {
		expect(noAnswer(failure('DEPTH_ZERO_SELF_SIGNED_CERT'), URL)).toMatchObject({
			message: expect.stringContaining('certificate of club.test:5555') as string,
			remedy: expect.stringContaining('Ignore SSL Issues') as string,
		});
		expect(noAnswer(failure('ECONNREFUSED'), URL).message).not.toContain('certificate');
	});

	it.each([
		[failure('ERR_SSL_WRONG_VERSION_NUMBER'), 'speaks HTTP where HTTPS was expected', 'http://'],
		[failure('EPROTO', 'wrong version number'), 'speaks HTTP where HTTPS was expected', 'http://'],
		[failure('HPE_INVALID_CONSTANT'), 'does not answer in HTTP', 'server URL'],
	])('says which protocol the server speaks (%s)', (error, message, remedy) => {
		expect(noAnswer(error, URL)).toMatchObject({
			message: expect.stringContaining(message) as string,
			remedy: expect.stringContaining(remedy) as string,
			retriable: false,
		});
	});

	it('may be a failure of TLS that has another reason', () => {
		const error = failure('EPROTO', 'write EPROTO sslv3 alert handshake failure');
		expect(noAnswer(error, URL).message).not.toContain('speaks HTTP');
	});

	it('names the host, and nothing else of the address', () => {
		expect(noAnswer(failure('ECONNREFUSED'), URL).message).not.toContain('secret');
	});

	it('passes on an error that says what it is already', () => {
		const own = new AgentClubError('FILE', 'too large');

		expect(noAnswer(own, URL)).toBe(own);
	});
});

describe('an answer that is no success', () => {
	it.each([
		[401, '{"error":"无效的 Token"}', 'TOKEN_REFUSED', '无效的 Token'],
		[403, '{"error":"You are not in this group"}', 'REFUSED', 'You are not in this group'],
		[400, '{"error":"Unsupported file type"}', 'REFUSED', 'Unsupported file type'],
		[413, '<title>413 Request Entity Too Large</title>', 'FILE', undefined],
		[500, '{"error":"服务器内部错误"}', 'UNREACHABLE', '服务器内部错误'],
		[502, '<html>', 'UNREACHABLE', undefined],
		[429, '<title>Too Many Requests</title>', 'UNREACHABLE', undefined],
		[401, '<h1>Sign in</h1>', 'NOT_AGENT_CLUB', undefined],
		[403, '<h1>Forbidden</h1>', 'NOT_AGENT_CLUB', undefined],
		[404, '<html>not found</html>', 'NOT_AGENT_CLUB', undefined],
		[405, '', 'NOT_AGENT_CLUB', undefined],
		[302, '', 'NOT_AGENT_CLUB', undefined],
	])('with the status %p and the body %j is %s', (status, body, code, serverText) => {
		const error = refusal(SERVER, status, body, undefined);

		expect(error).toMatchObject({ code });
		expect(error.serverText).toBe(serverText);
	});

	it('says of too many requests whose limit it is, and that it may be tried again', () => {
		expect(refusal(SERVER, 429, '', undefined)).toMatchObject({
			message: 'club.test:5555 gets too many requests from here (HTTP 429)',
			retriable: true,
			remedy: expect.stringContaining('a gateway in front of it') as string,
		});
	});

	it.each([
		['nginx', '<center>The plain HTTP request was sent to HTTPS port</center>'],
		['Caddy', 'Client sent an HTTP request to an HTTPS server.'],
		['Apache', "Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />"],
		['Tomcat', 'This combination of host and port requires TLS.'],
	])('says that the server speaks HTTPS, where %s tells so', (_server, body) => {
		const words = {
			code: 'UNREACHABLE',
			message: 'club.test:5555 speaks HTTPS where HTTP was expected',
			remedy: expect.stringContaining('Write https:// instead of http://') as string,
		};
		expect(refusal(SERVER, 400, body, undefined)).toMatchObject(words);
		expect(fileRefusal(SERVER, 400, body, undefined)).toMatchObject(words);
	});

	it('says where a redirect leads, which is never followed', () => {
		expect(refusal(SERVER, 301, '', 'https://elsewhere.test/').message).toContain(
			'https://elsewhere.test/',
		);
	});

	it('cannot forge a line of the log', () => {
		expect(
			refusal(SERVER, 403, JSON.stringify({ error: 'no\n[error] forged' }), undefined).message,
		).not.toContain('\n');
		expect(refusal(SERVER, 302, '', 'https://a\nb').message).not.toContain('\n');
	});

	it('may have a body that is JSON of another form', () => {
		for (const body of ['null', '7', '[]', '{"error":7}', '{"error":""}'])
			expect(refusal(SERVER, 403, body, undefined).serverText).toBeUndefined();
	});
});

describe('a server of another kind', () => {
	it('is told with what to check', () => {
		expect(notAgentClub(SERVER, 'HTTP 404', 404)).toMatchObject({
			code: 'NOT_AGENT_CLUB',
			status: 404,
			remedy: expect.stringContaining('sub-path') as string,
		});
	});
});
