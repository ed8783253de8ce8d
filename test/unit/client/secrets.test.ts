import { AgentClubError, describeError } from '../../../client/errors';
import { loggable } from '../../../client/logger';
import { keepSecret, withoutSecrets } from '../../../client/secrets';
import { Random } from '../../simulation/random';
import { seedOfThisRun } from '../../support/seed';
import { anyToken, disguised, FORM_COUNT, tells } from '../../support/planted-token';

const SEED = seedOfThisRun();

describe(`a token (AGENTCLUB_SEED=${SEED})`, () => {
	const random = new Random(SEED);

	it('is in no text without secrets, whichever way it stood there', () => {
		for (let round = 0; round < 60; round += 1) {
			const token = anyToken(random);
			keepSecret(token);
			for (let form = 0; form < FORM_COUNT; form += 1) {
				const text = disguised(token, form, random);
				// The search has to be able to find it.
				expect([text, token, tells(text, token)]).toEqual([text, token, true]);
				for (const shown of [
					withoutSecrets(text),
					loggable(text),
					describeError(new Error(text)),
					new AgentClubError('REFUSED', text).message,
				]) {
					expect([text, token, shown, tells(shown, token)]).toEqual([text, token, shown, false]);
				}
			}
		}
	});

	it.each(['%', '%2', '%25', '\\', '\\u', '\\u0', '\\u00', '\\%', '\\u%', '\\u00%', '%5c%'])(
		'goes too behind what looks like the begin of an encoded character: "%s"',
		(before) => {
			for (const token of [
				'7500ab75',
				'3030ab75',
				'25250041',
				'525ab004',
				'00ab75cd',
				'u00cd97e',
				'41-secret-token',
			]) {
				keepSecret(token);
				expect(withoutSecrets(`code ${before}${token}`)).toBe(`code ${before}[agent token]`);
			}
		},
	);

	it('leaves what stands around it as it was', () => {
		keepSecret('sk_agt_secret');
		expect(withoutSecrets('The token "sk_agt_secret" (sk_agt_secret) is unknown')).toBe(
			'The token "[agent token]" ([agent token]) is unknown',
		);
		expect(withoutSecrets('Die Köchin fragt: 报告?')).toBe('Die Köchin fragt: 报告?');
	});

	it('that nobody has used yet is known by its form', () => {
		expect(
			withoutSecrets('The server URL "sk_agt_Zm9vYmFyLWZvb2Jhci1mb29iYXItZm9vYmFyLWZvb2I" is none'),
		).toBe('The server URL "[agent token]" is none');
		expect(withoutSecrets('sk_agt_ and sk_agt_xyz begin like one')).toBe(
			'sk_agt_ and sk_agt_xyz begin like one',
		);
	});

	it('that begins with another one goes as a whole', () => {
		keepSecret('abcdefgh');
		keepSecret('abcdefgh-and-more');
		expect(withoutSecrets('abcdefgh-and-more abcdefgh')).toBe('[agent token] [agent token]');
	});

	it('too short to be one stays: it stands in texts by chance', () => {
		keepSecret('the');
		expect(withoutSecrets('the words')).toBe('the words');
	});

	it('is still known among the last thousand, and forgotten behind them', () => {
		keepSecret('first-of-very-many');
		for (let count = 0; count < 999; count += 1) keepSecret(`one-of-very-many-${count}`);
		expect(withoutSecrets('first-of-very-many')).toBe('[agent token]');
		keepSecret('one-more-than-that');
		expect(withoutSecrets('first-of-very-many')).toBe('first-of-very-many');
	});

	it('is kept for every copy of the package in the process', () => {
		keepSecret('token-of-one-copy');
		jest.isolateModules(() => {
			// eslint-disable-next-line @typescript-eslint/no-require-imports -- a second copy, as n8n has one after an update
			const copy = require('../../../client/secrets') as typeof import('../../../client/secrets');
			expect(copy.withoutSecrets('token-of-one-copy')).toBe('[agent token]');
		});
	});
});
