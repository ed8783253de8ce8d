import { UnreadableFrames } from '../../../../../client/inbound/intake/unreadable-frames';
import { RecordedLogger } from '../../../../support/recorded-logger';

describe('frames that cannot be read', () => {
	it('are told, without what could forge a log line', () => {
		const logger = new RecordedLogger();

		new UnreadableFrames(logger).report('bad\nline');

		expect(logger.lines).toEqual(['warn: The server sent something unreadable: bad\\u{a}line']);
	});

	it('are told 20 times for each connection, and then no more', () => {
		const logger = new RecordedLogger();
		const frames = new UnreadableFrames(logger);
		for (let count = 0; count < 100; count++) frames.report('bad');
		expect(logger.lines).toHaveLength(21);
		expect(logger.lines.at(-1)).toContain('not logged');

		frames.newConnection();
		frames.report('bad');

		expect(logger.lines).toHaveLength(22);
	});
});
