import { TypingIndicator } from '../../../../client/inbound/typing-indicator';
import { chatKey } from '../../../../client/protocol/chat';
import { FakeClock } from '../../../support/fake-clock';
import { DIRECT, GROUP } from '../../../support/sample-messages';

const indicator = () => {
	const clock = new FakeClock();
	const sent: string[] = [];
	const typing = new TypingIndicator(clock, ({ id }) => sent.push(`${clock.now()} ${id}`));
	const show = (chat: { type: string; id: string }) => typing.show(chatKey(chat), chat);
	return { clock, sent, show };
};

describe('the typing indicator', () => {
	it("is sent at once, and again before the server's page hides it after 3 s", async () => {
		const { clock, sent, show } = indicator();
		show(GROUP);

		await clock.advance(7500);

		expect(sent).toEqual(['0 gc_1', '2500 gc_1', '5000 gc_1', '7500 gc_1']);
	});

	it('ends with the work', async () => {
		const { clock, sent, show } = indicator();
		const stop = show(GROUP);
		await clock.advance(1000);

		stop();
		stop();
		await clock.advance(60_000);

		expect(sent).toEqual(['0 gc_1']);
	});

	it('is one for a chat, and lasts until the last of its tasks has ended', async () => {
		const { clock, sent, show } = indicator();
		const stopFirst = show(GROUP);
		const stopSecond = show(GROUP);
		await clock.advance(0);
		expect(sent).toEqual(['0 gc_1']);

		stopFirst();
		stopFirst();
		await clock.advance(2500);
		expect(sent).toHaveLength(2);
		stopSecond();
		await clock.advance(60_000);

		expect(sent).toHaveLength(2);
	});

	it('is not sent before what is being done now has been done, and not at all for work that has ended by then', async () => {
		const { clock, sent, show } = indicator();
		show(GROUP);
		show(DIRECT)();
		expect(sent).toEqual([]);

		await clock.advance(0);

		expect(sent).toEqual(['0 gc_1']);
	});

	it("is each chat's own", async () => {
		const { clock, sent, show } = indicator();
		const stop = show(GROUP);
		show(DIRECT);
		await clock.advance(0);
		stop();

		await clock.advance(2500);

		expect(sent).toEqual(['0 gc_1', '0 dc_1', '2500 dc_1']);
	});

	it('does not keep the process alive', () => {
		const { clock, show } = indicator();
		show(GROUP);

		expect(clock.pending).toBe(0);
	});
});
