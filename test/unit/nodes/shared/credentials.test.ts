import { inspect } from 'node:util';
import { AgentClubError } from '../../../../client/errors';
import { readCredentials } from '../../../../nodes/shared/credentials';

const FIELDS = {
	serverUrl: 'http://fields.test',
	agentToken: 'fields_token',
	ignoreSslIssues: false,
	useEnvironment: true,
};
const URL = { AGENTCLUB_SERVER_URL: 'http://environment.test' };
const TOKEN = { AGENTCLUB_AGENT_TOKEN: 'environment_token' };

const read = (data: Record<string, string | boolean>, environment = {}) => {
	const { address, token, ignoreSslIssues } = readCredentials(data, undefined, environment);
	return { origin: address.origin, token, ignoreSslIssues };
};

describe('the credential', () => {
	it('is read from its fields', () => {
		expect(read({ ...FIELDS, useEnvironment: false, ignoreSslIssues: true })).toEqual({
			origin: 'http://fields.test',
			token: 'fields_token',
			ignoreSslIssues: true,
		});
	});

	it('does not look at the environment unless it is told to', () => {
		expect(read({ ...FIELDS, useEnvironment: false }, { ...URL, ...TOKEN })).toMatchObject({
			origin: 'http://fields.test',
			token: 'fields_token',
		});
	});

	it('checks certificates unless it says otherwise by a real yes', () => {
		expect(read({ ...FIELDS, ignoreSslIssues: 'false' }).ignoreSslIssues).toBe(false);
	});
});

describe('invariant 9: the token goes to the configured origin and nowhere else', () => {
	it('takes both from the environment where both are set there', () => {
		expect(read(FIELDS, { ...URL, ...TOKEN })).toMatchObject({
			origin: 'http://environment.test',
			token: 'environment_token',
		});
	});

	it('takes the server alone from the environment', () => {
		expect(read(FIELDS, URL)).toMatchObject({
			origin: 'http://environment.test',
			token: 'fields_token',
		});
	});

	it('takes the fields where the environment has nothing', () => {
		expect(read(FIELDS, { AGENTCLUB_SERVER_URL: '', AGENTCLUB_AGENT_TOKEN: '  ' })).toMatchObject({
			origin: 'http://fields.test',
			token: 'fields_token',
		});
	});

	it.each([
		[TOKEN],
		[{ ...TOKEN, AGENTCLUB_SERVER_URL: '' }],
		[{ ...TOKEN, AGENTCLUB_SERVER_URL: '   ' }],
	])('never sends a token from the environment %j to a server from a credential', (environment) => {
		expect(() => read(FIELDS, environment)).toThrow(
			expect.objectContaining({
				code: 'SETTINGS',
				message: expect.stringContaining('AGENTCLUB_SERVER_URL') as string,
			}) as Error,
		);
	});

	it("does not name the environment's token anywhere in that error", () => {
		let error: unknown;
		try {
			read(FIELDS, TOKEN);
		} catch (thrown) {
			error = thrown;
		}
		expect(error).toBeInstanceOf(AgentClubError);
		expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('environment_token');
	});
});
