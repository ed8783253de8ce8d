import { itemsForModel, transcriptForModel } from '../../../../nodes/AgentClub/history/for-a-model';
import type { PastMessages } from '../../../../nodes/AgentClub/history/past-messages';
import { AGENT, identityOf, message, saidAt } from '../../../support/sample-messages';

const LIMIT = 100_000;

/** A chat of so many messages of so many characters. */
function past(count: number, length: number, content = 'x'.repeat(length)): PastMessages {
	return {
		identity: identityOf(AGENT),
		chatName: 'Team',
		roster: null,
		messages: Array.from({ length: count }, (_, number) => {
			const said = message(`m${number}`, saidAt(number, { content }));
			return {
				message: said,
				messages: [said],
				context: [],
				identity: identityOf(AGENT),
				chatName: 'Team',
				roster: null,
				attachments: [],
				problems: [],
			};
		}),
	};
}

describe('the history as a tool', () => {
	it('is whole where it is short', () => {
		const items = itemsForModel(past(50, 200));

		expect(items).toHaveLength(50);
		expect(items.some((item) => 'leftOut' in item)).toBe(false);
		expect(transcriptForModel(past(50, 200))).toMatchObject({ messageCount: 50, leftOut: 0 });
	});

	it('of 2,000 messages as items has the newest ones, and says how many are left out', () => {
		const [told, ...items] = itemsForModel(past(2000, 200));

		expect(JSON.stringify(items).length).toBeLessThan(LIMIT + 5000);
		expect(told).toEqual({
			leftOut: 2000 - items.length,
			note: expect.stringMatching(/earlier messages are left out.*for those before \d+/) as string,
		});
		expect(items.at(-1)).toMatchObject({ messageId: 'm1999' });
		expect(items[0]).toMatchObject({ messageId: `m${2000 - items.length}` });
	});

	it('of 2,000 messages as a transcript has five times as many, and says so in its first line', () => {
		const { transcript, messageCount, leftOut } = transcriptForModel(past(2000, 200));

		expect(transcript.length).toBeLessThan(LIMIT + 500);
		expect(messageCount + leftOut).toBe(2000);
		expect(messageCount).toBeGreaterThan(350);
		expect(transcript.split('\n')[0]).toMatch(
			new RegExp(`^\\[${leftOut} earlier messages are left out.*\\]$`),
		);
	});

	it('has the newest message even where that alone is too long, cut', () => {
		const [told, item] = itemsForModel(past(2, 1_000_000));
		const { transcript, messageCount } = transcriptForModel(past(2, 1_000_000));

		expect(told).toMatchObject({ leftOut: 1 });
		expect(JSON.stringify(item).length).toBeLessThan(LIMIT);
		expect(item).toMatchObject({ messageId: 'm1' });
		expect(messageCount).toBe(1);
		expect(transcript.length).toBeLessThan(LIMIT + 500);
	});

	it.each([0, 1])('is never cut through the middle of a character (%d)', (offset) => {
		const words = 'x'.repeat(offset) + '🎉'.repeat(200_000);
		const [told, item] = itemsForModel(past(2, 0, words));
		const { transcript } = transcriptForModel(past(2, 0, words));

		expect(told).toMatchObject({ note: expect.stringMatching(/^1 earlier message is/) as string });
		expect(transcript.isWellFormed()).toBe(true);
		expect((item?.text as string).isWellFormed()).toBe(true);
	});

	it('of an empty chat is empty', () => {
		expect(itemsForModel(past(0, 0))).toEqual([]);
		expect(transcriptForModel(past(0, 0))).toEqual({ transcript: '', messageCount: 0, leftOut: 0 });
	});
});
