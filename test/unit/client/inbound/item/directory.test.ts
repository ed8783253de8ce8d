import { AgentClubError } from '../../../../../client/errors';
import { Directory } from '../../../../../client/inbound/item/directory';
import type { Chats, Member } from '../../../../../client/protocol/answers';
import { FakeClock, settled } from '../../../../support/fake-clock';
import { RecordedLogger } from '../../../../support/recorded-logger';
import { ALICE, BOB, GROUP, member } from '../../../../support/sample-messages';

const MAX_AGE = 300_000;

/** A directory whose server the test plays. */
const directory = () => {
	const clock = new FakeClock();
	const logger = new RecordedLogger();
	const asked: string[] = [];
	const server = {
		members: (): Promise<Member[]> => Promise.resolve([member(ALICE, 'Alice')]),
		chats: (): Promise<Chats> =>
			Promise.resolve({
				groups: [{ id: GROUP.id, name: 'Team', description: '', createdAt: null }],
				directs: [],
			}),
	};
	const lookup = new Directory(
		{
			chats: () => {
				asked.push('chats');
				return server.chats();
			},
			members: (groupId) => {
				asked.push(groupId);
				return server.members();
			},
		},
		clock,
		logger,
	);
	return { clock, logger, asked, server, lookup };
};

describe('the roster of a group', () => {
	it('is fetched once, and serves the following messages', async () => {
		const { lookup, asked } = directory();

		const rosters = [
			await lookup.roster('gc_1', MAX_AGE, ALICE),
			await lookup.roster('gc_1', MAX_AGE, ALICE),
		];

		expect(rosters.map((roster) => roster?.map(({ id }) => id))).toEqual([[ALICE], [ALICE]]);
		expect(asked).toEqual(['gc_1']);
	});

	it('is fetched again when it is too old', async () => {
		const { clock, lookup, asked } = directory();
		await lookup.roster('gc_1', MAX_AGE, ALICE);

		await clock.advance(MAX_AGE);
		await lookup.roster('gc_1', MAX_AGE, ALICE);

		expect(asked).toEqual(['gc_1', 'gc_1']);
	});

	it('is fetched again when somebody writes who is not in it, at most every 2 s', async () => {
		const { clock, lookup, asked, server } = directory();
		await lookup.roster('gc_1', MAX_AGE, ALICE);
		await clock.advance(2000);
		server.members = () => Promise.resolve([member(ALICE, 'Alice'), member(BOB, 'Bob')]);

		const roster = await lookup.roster('gc_1', MAX_AGE, BOB);
		expect(roster?.map(({ id }) => id)).toEqual([ALICE, BOB]);
		await lookup.roster('gc_1', MAX_AGE, 'u_ghost');

		expect(asked).toEqual(['gc_1', 'gc_1']);
	});

	it('is fetched again for a name that nobody has, however new it is', async () => {
		const { clock, lookup, asked, server } = directory();
		await lookup.roster('gc_1', MAX_AGE, ALICE);
		server.members = () => Promise.resolve([member(ALICE, 'Alice'), member(BOB, 'Bob')]);
		await clock.advance(1);

		const roster = await lookup.rosterForStrangers('gc_1', ['bob'], clock.now());

		expect(roster?.map(({ id }) => id)).toEqual([ALICE, BOB]);
		expect(asked).toEqual(['gc_1', 'gc_1']);
	});

	it('is not fetched again for names that were looked up in that group within a second', async () => {
		const { clock, lookup, asked } = directory();
		const lookedUp = async (group: string, ...names: string[]) => {
			await clock.advance(1);
			return await lookup.rosterForStrangers(group, names, clock.now());
		};
		await lookedUp('gc_1', 'bob', 'zoe');

		expect(await lookedUp('gc_1', 'zoe', 'bob')).toBeUndefined();
		expect(await lookedUp('gc_1', 'bob', 'tom')).toHaveLength(1);
		expect(await lookedUp('gc_2', 'bob')).toHaveLength(1);
		await clock.advance(996);
		expect(await lookedUp('gc_1', 'zoe')).toHaveLength(1);
		expect(await lookedUp('gc_1', 'tom')).toBeUndefined();
		expect(asked).toEqual(['gc_1', 'gc_1', 'gc_2', 'gc_1']);
	});

	it('is fetched for names five times a second at most', async () => {
		const { clock, lookup, asked } = directory();
		const known: unknown[] = [];
		for (let turn = 0; turn < 7; turn += 1) {
			await clock.advance(10);
			known.push(await lookup.rosterForStrangers('gc_1', [`name ${turn}`], clock.now()));
		}
		await clock.advance(950);

		expect(known.map((roster) => roster !== undefined)).toEqual([
			...Array.from({ length: 5 }, () => true),
			false,
			false,
		]);
		expect(await lookup.rosterForStrangers('gc_1', ['name 7'], clock.now())).toHaveLength(1);
		expect(asked).toHaveLength(6);
	});

	it('is not fetched for a name where it was asked for after the text was there', async () => {
		const { clock, lookup, asked } = directory();
		const since = clock.now();
		await clock.advance(1);
		await lookup.roster('gc_1', MAX_AGE, ALICE);

		expect(await lookup.rosterForStrangers('gc_1', ['bob'], since)).toHaveLength(1);
		expect(asked).toEqual(['gc_1']);
	});

	it('is undefined for a name where the server fails, or does not answer within 5 s', async () => {
		const { clock, lookup, server, asked } = directory();
		await lookup.roster('gc_1', MAX_AGE, ALICE);
		server.members = () => Promise.reject(new Error('503'));
		await clock.advance(1);
		for (let time = 0; time < 2; time += 1)
			expect(await lookup.rosterForStrangers('gc_1', ['bob'], clock.now())).toBeUndefined();
		expect(asked).toEqual(['gc_1', 'gc_1']);

		server.members = () => new Promise(() => undefined);
		await clock.advance(5000);
		const hanging = lookup.rosterForStrangers('gc_1', ['bob'], clock.now());
		await clock.advance(5000);

		expect(await hanging).toBeUndefined();
	});

	it('is the old one while the server fails, and the log says so', async () => {
		const { clock, lookup, server, logger } = directory();
		await lookup.roster('gc_1', MAX_AGE, ALICE);
		await clock.advance(MAX_AGE);
		server.members = () => Promise.reject(new Error('503'));

		const roster = await lookup.roster('gc_1', MAX_AGE, ALICE);

		expect(roster?.map(({ id }) => id)).toEqual([ALICE]);
		expect(logger.complaints).toEqual([expect.stringContaining('503')]);
	});

	it('is null where it cannot be had within 5 s, and holds no message up longer', async () => {
		const { clock, lookup, server } = directory();
		server.members = () => new Promise(() => undefined);
		const seen: unknown[] = [];
		void lookup.roster('gc_1', MAX_AGE, ALICE).then((roster) => seen.push(roster));

		await clock.advance(4999);
		expect(seen).toEqual([]);
		await clock.advance(1);

		expect(seen).toEqual([null]);
	});

	it('is empty for a group that the agent has left, without a complaint', async () => {
		const { lookup, server, logger } = directory();
		server.members = () => Promise.reject(new AgentClubError('REFUSED', 'no', { status: 403 }));

		expect(await lookup.roster('gc_1', MAX_AGE, ALICE)).toEqual([]);
		expect(logger.complaints).toEqual([]);
	});

	it('is fetched for four groups at a time', async () => {
		const { lookup, server, asked } = directory();
		const answers: Array<() => void> = [];
		server.members = () =>
			new Promise((resolve) =>
				answers.push(() => {
					resolve([]);
				}),
			);
		for (let group = 0; group < 6; group++) void lookup.roster(`gc_${group}`, MAX_AGE, ALICE);
		await settled();
		expect(asked).toHaveLength(4);

		answers[0]?.();
		await settled();

		expect(asked).toHaveLength(5);
	});

	it('is fetched once for a group at a time', async () => {
		const { lookup, server, asked } = directory();
		server.members = () => new Promise(() => undefined);

		for (let turn = 0; turn < 3; turn++) void lookup.roster('gc_1', MAX_AGE, ALICE);
		await settled();

		expect(asked).toEqual(['gc_1']);
	});

	it('is kept for the thousand groups that were used last, and not for those long before', async () => {
		const { lookup, asked } = directory();
		const use = (group: number) => lookup.roster(`gc_${group}`, MAX_AGE, ALICE);
		for (let group = 0; group < 2500; group++) {
			await use(group);
			await use(7);
		}
		asked.length = 0;

		for (let group = 1501; group < 2500; group++) await use(group);
		await use(7);
		expect(asked).toEqual([]);
		await use(0);
		expect(asked).toEqual(['gc_0']);
	});

	it('is not written into the log with a hostile id', async () => {
		const { lookup, server, logger } = directory();
		server.members = () => Promise.reject(new Error('503'));

		await lookup.roster('gc\n[error] forged', MAX_AGE, ALICE);

		expect(logger.complaints[0]).not.toContain('\n');
	});
});

describe('the name of a group', () => {
	it('comes from the list of chats, fetched once', async () => {
		const { lookup, asked } = directory();

		expect([
			await lookup.groupName(GROUP, MAX_AGE),
			await lookup.groupName(GROUP, MAX_AGE),
		]).toEqual(['Team', 'Team']);
		expect(asked).toEqual(['chats']);
	});

	it('of a group that is new is looked up again, at most every 2 s', async () => {
		const { clock, lookup, asked, server } = directory();
		await lookup.groupName(GROUP, MAX_AGE);
		await clock.advance(2000);
		server.chats = () =>
			Promise.resolve({
				groups: [{ id: 'gc_new', name: 'New', description: '', createdAt: null }],
				directs: [],
			});

		expect(await lookup.groupName({ type: 'group', id: 'gc_new' }, MAX_AGE)).toBe('New');
		expect(await lookup.groupName({ type: 'group', id: 'gc_ghost' }, MAX_AGE)).toBeNull();
		expect(asked).toEqual(['chats', 'chats']);
	});

	it('is looked up again when the server says that the chats have changed', async () => {
		const { lookup, asked } = directory();
		await lookup.groupName(GROUP, MAX_AGE);

		lookup.outdated();
		await lookup.groupName(GROUP, MAX_AGE);

		expect(asked).toEqual(['chats', 'chats']);
	});

	it('is null where it is not to be had, and the log says why', async () => {
		const { lookup, server, logger } = directory();
		server.chats = () => Promise.reject(new Error('503'));

		expect(await lookup.groupName(GROUP, MAX_AGE)).toBeNull();
		expect(logger.complaints).toEqual([expect.stringContaining('503')]);
	});
});

describe('the roster for a text that is about to be sent', () => {
	const away = new AgentClubError('UNREACHABLE', 'ECONNREFUSED', { retriable: true });
	const fails = (error: Error) => () => Promise.reject(error);

	it('is an error while the server is away, and is asked for again at once', async () => {
		const { server, lookup } = directory();
		const { members } = server;
		server.members = fails(away);
		await expect(lookup.rosterUnlessAway('gc_1', MAX_AGE, ALICE)).rejects.toBe(away);
		await expect(lookup.rosterForStrangers('gc_1', ['bob'], 0)).rejects.toBe(away);
		server.members = members;

		expect(await lookup.rosterForStrangers('gc_1', ['bob'], 0)).toMatchObject([{ id: ALICE }]);
		expect(await lookup.rosterUnlessAway('gc_1', MAX_AGE, ALICE)).toMatchObject([{ id: ALICE }]);
	});

	it('is not the one from before while the server is away', async () => {
		const { clock, server, lookup } = directory();
		await lookup.rosterUnlessAway('gc_1', 5000, ALICE);
		await clock.advance(5000);
		server.members = fails(away);

		await expect(lookup.rosterUnlessAway('gc_1', 5000, ALICE)).rejects.toBe(away);
	});

	it('is the one from before where the server fails in another way, and not asked for again at once', async () => {
		const { clock, asked, server, lookup } = directory();
		await lookup.rosterUnlessAway('gc_1', 5000, ALICE);
		await clock.advance(5000);
		server.members = fails(new AgentClubError('UNREACHABLE', 'HTTP 500', { status: 500 }));

		for (let time = 0; time < 2; time += 1)
			expect(await lookup.rosterUnlessAway('gc_1', 5000, ALICE)).toMatchObject([{ id: ALICE }]);
		expect(asked).toEqual(['gc_1', 'gc_1']);
	});
});
