import { HeldChats } from '../../../../../client/inbound/intake/held-chats';
import { settled } from '../../../../support/fake-clock';
import { DIRECT, GROUP, inChat, message, saidAt } from '../../../../support/sample-messages';

describe('a chat in which a message is being decided', () => {
	const said = (id: string, seconds: number, chat: typeof DIRECT | typeof GROUP = GROUP) =>
		message(id, inChat(chat, saidAt(seconds)));
	const scene = () => {
		const taken: string[] = [];
		const open = new Map<string, (decision: string) => void>();
		const chats = new HeldChats<string>(
			({ id }) => new Promise((resolve) => open.set(id, resolve)),
			({ id }) => taken.push(id),
		);
		return {
			chats,
			taken,
			decided: async (id: string) => {
				open.get(id)?.('ordinary');
				await settled();
			},
			pass: (id: string, seconds: number, chat?: typeof DIRECT | typeof GROUP) => {
				chats.pass(said(id, seconds, chat), 'live');
			},
		};
	};

	it('gives its messages out in the order of their times, one that arrives late before a newer one', async () => {
		const { pass, decided, taken } = scene();
		pass('m2', 2);
		pass('m3', 3);
		pass('m1', 1);

		await decided('m2');
		expect(taken).toEqual([]);
		await decided('m1');
		expect(taken).toEqual(['m1', 'm2']);
		await decided('m3');
		expect(taken).toEqual(['m1', 'm2', 'm3']);
	});

	it('holds up no other chat', async () => {
		const { pass, decided, taken } = scene();
		pass('m1', 1);
		pass('d1', 2, DIRECT);
		await decided('d1');
		expect(taken).toEqual(['d1']);
	});

	it('gives nothing out any more once it has been cleared', async () => {
		const { chats, pass, decided, taken } = scene();
		pass('m1', 1);
		pass('m2', 2);
		chats.clear();
		await decided('m1');
		expect([taken, chats.isEmpty]).toEqual([[], true]);
	});
});
