import { TypingIndicator } from '../../../../client/inbound/typing-indicator';
import type { Chat } from '../../../../client/protocol/chat';
import { FakeClock } from '../../../support/fake-clock';
import { DIRECT, GROUP } from '../../../support/sample-messages';

const indicator = () => {
	const clock = new FakeClock();
	const sent: string[] = [];
	const typing = new TypingIndicator(clock, ({ id }) => sent.push(`${clock.now()} ${id}`));
	const show = (chat: Chat) => typing.show(chat);
	const ask = (chat: Chat) => typing.showUntilMessage(chat);
	const say = (chat: Chat) => {
		typing.messageSent(chat);
	};
	return { clock, sent, show, ask, say };
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

	it('pauses for 5 s after a message of the agent in that chat, and not in others', async () => {
		const { clock, sent, show, say } = indicator();
		show(GROUP);
		show(DIRECT);
		await clock.advance(1000);

		say(GROUP);
		await clock.advance(5000);

		expect(sent.filter((line) => line.endsWith('gc_1'))).toEqual(['0 gc_1', '6000 gc_1']);
		expect(sent.filter((line) => line.endsWith('dc_1'))).toHaveLength(3);
	});

	it('ends with the work also while it pauses', async () => {
		const { clock, sent, show, say } = indicator();
		const stop = show(GROUP);
		await clock.advance(0);
		say(GROUP);
		stop();

		await clock.advance(60_000);

		expect(sent).toEqual(['0 gc_1']);
	});

	it('that was asked for ends with a message of the agent, and goes on for what is worked on', async () => {
		const { clock, sent, show, ask, say } = indicator();
		const stop = ask(DIRECT);
		ask(GROUP);
		show(GROUP);
		await clock.advance(0);

		say(DIRECT);
		say(GROUP);
		stop();
		await clock.advance(5000);

		expect(sent).toEqual(['0 dc_1', '0 gc_1', '5000 gc_1']);
	});

	it('starts again for a message that comes after the answer', async () => {
		const { clock, sent, show, ask, say } = indicator();
		ask(GROUP);
		await clock.advance(0);
		say(GROUP);
		await clock.advance(1000);

		show(GROUP);
		await clock.advance(0);

		expect(sent).toEqual(['0 gc_1', '1000 gc_1']);
	});
});
