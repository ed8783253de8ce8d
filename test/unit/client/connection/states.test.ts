import { assertTransition, type ConnectionState } from '../../../../client/connection/states';

describe('the states of a connection', () => {
	const lost: ConnectionState[] = [
		'connecting',
		'renewing',
		'reconnecting',
		'stalled',
		'silent',
		'refused',
		'blocked',
	];

	it.each(lost)('lead from %s to a connection', (from) => {
		expect(() => {
			assertTransition(from, 'connected');
		}).not.toThrow();
	});

	it.each([...lost, 'idle', 'connected'] as ConnectionState[])(
		'lead from %s to the end',
		(from) => {
			expect(() => {
				assertTransition(from, 'closed');
			}).not.toThrow();
		},
	);

	it.each([
		['closed', 'connecting'],
		['closed', 'connected'],
		['idle', 'connected'],
		['connected', 'connecting'],
		['connecting', 'silent'],
		['connected', 'refused'],
		['connected', 'blocked'],
		['connected', 'stalled'],
		['reconnecting', 'renewing'],
	] as Array<[ConnectionState, ConnectionState]>)('do not lead from %s to %s', (from, to) => {
		expect(() => {
			assertTransition(from, to);
		}).toThrow(`from ${from} to ${to}`);
	});
});
