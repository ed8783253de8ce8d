import { describeState } from '../../../../client/agent/state-texts';
import type { ConnectionState } from '../../../../client/connection/states';

describe('what the log says of the connection', () => {
	const bad: ConnectionState[] = ['reconnecting', 'stalled', 'silent', 'refused', 'blocked'];

	it('is different for a lost server, a handshake that hangs, a silent link, a refused token, and an address that n8n blocks', () => {
		expect(new Set(bad.map((state) => describeState(state, '').text)).size).toBe(5);
	});

	it.each(bad)('has the detail of the state %s', (state) => {
		expect(describeState(state, 'http://club.test: refused').text).toContain(
			'http://club.test: refused',
		);
	});

	it('is an error only where somebody has to do something', () => {
		const levels = (['connected', 'renewing', ...bad, 'closed'] as ConnectionState[]).map(
			(state) => describeState(state, '').level,
		);

		expect(levels).toEqual(['info', 'info', 'warn', 'warn', 'warn', 'error', 'error', 'info']);
	});
});
