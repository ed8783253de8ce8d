import { FrameWarnings } from '../../../../../client/inbound/intake/frame-warnings';
import { RecordedLogger } from '../../../../support/recorded-logger';

describe('frames that cannot be read', () => {
	it('are told, without what could forge a log line', () => {
		const logger = new RecordedLogger();

		new FrameWarnings(logger).unreadable('bad\nline');

		expect(logger.lines).toEqual(['warn: The server sent something unreadable: bad\\u{a}line']);
	});

	it('are told 20 times for each connection, and then no more', () => {
		const logger = new RecordedLogger();
		const warnings = new FrameWarnings(logger);
		for (let count = 0; count < 100; count++) warnings.unreadable('bad');
		expect(logger.lines).toHaveLength(21);
		expect(logger.lines.at(-1)).toContain('not logged');

		warnings.newConnection();
		warnings.unreadable('bad');

		expect(logger.lines).toHaveLength(22);
	});
});

describe('messages that could not be handled', () => {
	it('are told as what they are, and not as a fault of the server', () => {
		const logger = new RecordedLogger();

		new FrameWarnings(logger).unhandled(new Error('no room'));

		expect(logger.lines).toEqual([
			'warn: A message could not be handled, and stays unread: no room',
		]);
	});
});
