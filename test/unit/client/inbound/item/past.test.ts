import type { HistoryPage } from '../../../../../client/http/agent-http';
import { pastFrom } from '../../../../../client/inbound/item/past';
import { FakeClock } from '../../../../support/fake-clock';
import { RecordedLogger } from '../../../../support/recorded-logger';

const EMPTY: HistoryPage = {
	messages: [],
	size: 0,
	oldest: undefined,
	newest: undefined,
	serverTime: null,
};
const CHAT = { type: 'group', id: 'gc_1' } as const;

describe('the past of a chat that the server does not tell', () => {
	it('is logged once with the chat, and again after it could be read', async () => {
		const logger = new RecordedLogger();
		let isDown = true;
		const source = () => (isDown ? Promise.reject(new Error('HTTP 500')) : Promise.resolve(EMPTY));
		const past = pastFrom(source, new FakeClock(), logger);
		const ask = () => past(CHAT, { limit: 5 });

		expect([await ask(), await ask(), await ask()]).toEqual([undefined, undefined, undefined]);
		expect(logger.complaints).toEqual([
			'warn: The history of chat gc_1 could not be read: HTTP 500. Messages go on without their ' +
				'earlier files and context',
		]);
		isDown = false;
		await ask();
		isDown = true;
		await ask();
		expect(logger.complaints).toHaveLength(2);
	});
});
