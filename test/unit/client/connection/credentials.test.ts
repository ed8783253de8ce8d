import { credentialsKey, makeCredentials } from '../../../../client/connection/credentials';

describe("an agent's credentials", () => {
	it('take a token with white space around it, as pasted', () => {
		expect(makeCredentials(' http://club.test:5555/ ', ' sk_agt_x\n', true)).toEqual({
			address: { origin: 'http://club.test:5555', basePath: '' },
			token: 'sk_agt_x',
			ignoreSslIssues: true,
		});
	});

	it.each([[''], ['   '], ['two words'], ['line\nbreak: x'], ['tökén']])(
		'refuse the token %p',
		(token) => {
			expect(() => makeCredentials('http://club.test', token, false)).toThrow(
				expect.objectContaining({ code: 'SETTINGS' }) as Error,
			);
		},
	);

	it('do not show the token in the error about it', () => {
		expect(() => makeCredentials('http://club.test', 'sk_agt_secret word', false)).toThrow(
			expect.not.objectContaining({
				message: expect.stringContaining('sk_agt_secret') as string,
			}) as Error,
		);
	});

	it('refuse an address that cannot be right', () => {
		expect(() => makeCredentials('', 'token', false)).toThrow(
			expect.objectContaining({ code: 'SETTINGS' }) as Error,
		);
	});
});

describe('who may share a connection', () => {
	const key = (url: string, token = 't', ignore = false) =>
		credentialsKey(makeCredentials(url, token, ignore));

	it('is who has the same origin, path, token and certificate checking', () => {
		expect(key('http://club.test')).toBe(key(' http://club.test/ '));
	});

	it.each([
		['another origin', key('https://club.test')],
		['another path', key('http://club.test/club')],
		['another token', key('http://club.test', 'u')],
		['another certificate checking', key('http://club.test', 't', true)],
	])('is not who has %s', (_what, other) => {
		expect(other).not.toBe(key('http://club.test'));
	});

	it('is told without the token', () => {
		expect(key('http://club.test', 'sk_agt_secret')).not.toContain('sk_agt_secret');
	});
});
