import { makeHttpClient } from '../../../../client/http/http-client';
import { credentialsOf } from '../../../support/sample-credentials';

/** As where an update of the package has taken the file away under a process that goes on. */
jest.mock('../../../../client/http/undici-client', () => {
	throw new Error('Cannot find module');
});

describe('an HTTP client whose code cannot be loaded', () => {
	it('fails the requests, and not the connection that makes it ready', async () => {
		const client = makeHttpClient(credentialsOf());

		expect(() => {
			client.prepare?.();
		}).not.toThrow();
		await expect(
			client.send({ method: 'GET', url: 'https://club.example/', idleTimeout: 1000 }),
		).rejects.toThrow('Cannot find module');
		client.close();
	});
});
