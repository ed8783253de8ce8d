import { bundleOf } from '../../../../../client/inbound/item/bundle';
import { prepareMessage } from '../../../../../client/inbound/item/prepare';
import { Directory } from '../../../../../client/inbound/item/directory';
import { settled } from '../../../../support/fake-clock';
import { InboxScene } from '../../../../support/inbox-scene';
import type { Message } from '../../../../../client/protocol/message';
import {
	AGENT,
	ALICE,
	DIRECT,
	GROUP,
	inChat,
	member,
	message,
	saidAt,
} from '../../../../support/sample-messages';

type Prepared = Awaited<ReturnType<typeof prepareMessage>>;

/** Prepares a message; `asked` has what was looked up for it. */
const preparing = (
	fields: Readonly<Record<string, unknown>> = {},
	{
		includeRoster = true,
		contextMessages = 0,
		server = true,
		history = [] as readonly Message[],
	} = {},
) => {
	const scene = new InboxScene();
	scene.history = history;
	const asked: string[] = [];
	const answer = <T>(what: string, value: T): Promise<T> => {
		asked.push(what);
		return server ? Promise.resolve(value) : new Promise(() => undefined);
	};
	const directory = new Directory(
		{
			chats: () =>
				answer('chats', {
					groups: [{ id: GROUP.id, name: 'Team', description: '', createdAt: null }],
					directs: [],
				}),
			members: () => answer('members', [member(ALICE, 'Alice')]),
		},
		scene.clock,
		scene.logger,
	);
	const settings = {
		download: 'all' as const,
		maxBytes: 1000,
		includeRoster,
		rosterMaxAge: 300_000,
		contextMessages,
	};
	const result: { prepared?: Prepared } = {};
	void prepareMessage(
		bundleOf(message('m', fields)),
		settings,
		{ ...scene.context(), directory },
		() => Promise.reject(new Error('no storage')),
	).then((prepared) => (result.prepared = prepared));
	return { scene, asked, result };
};

describe('preparing a message', () => {
	it("of a group looks up the group's name and its members", async () => {
		const { result } = preparing();
		await settled();

		expect(result.prepared).toMatchObject({
			chatName: 'Team',
			roster: [{ id: ALICE }],
			attachments: [],
			problems: [],
		});
	});

	it("of a direct chat looks up nothing: its name is the other person's", async () => {
		const { result, asked } = preparing(inChat(DIRECT));
		await settled();

		expect(result.prepared).toMatchObject({ chatName: 'Alice', roster: null, problems: [] });
		expect(asked).toEqual([]);
	});

	it('asks for no members where no roster is wanted', async () => {
		const { asked } = preparing({}, { includeRoster: false });
		await settled();

		expect(asked).toEqual(['chats']);
	});

	it('takes 5 s at most where the server hangs, for all of it together, and goes on without', async () => {
		const { scene, result } = preparing({}, { server: false });
		await scene.clock.advance(4999);
		expect(result).toEqual({});

		await scene.clock.advance(1);

		expect(result.prepared).toMatchObject({
			chatName: null,
			roster: null,
			problems: ['The members of the group could not be fetched.'],
		});
	});

	it("asks for as many earlier messages as are wanted, and takes those after the agent's own last one", async () => {
		const history = [
			message('e1', saidAt(1)),
			message('own', saidAt(2, { sender_id: AGENT })),
			message('e2', saidAt(3)),
			message('e3', saidAt(4)),
			message('later', saidAt(11)),
		];
		const { result } = preparing(saidAt(10), { contextMessages: 3, history });
		await settled();

		expect(result.prepared?.context.map(({ message: { id } }) => id)).toEqual(['e2', 'e3']);
	});

	it('asks for none where none are wanted', async () => {
		const { result } = preparing({}, { history: [message('e1', saidAt(-1))] });
		await settled();

		expect(result.prepared?.context).toEqual([]);
	});

	it('goes on without a file that is not to be had', async () => {
		const { result } = preparing({ file_url: '/media/x.png' });
		await settled();

		expect(result.prepared?.attachments).toMatchObject([{ problem: 'no files here' }]);
	});
});
