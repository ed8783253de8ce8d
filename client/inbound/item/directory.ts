import type { Clock } from '../../clock';
import { describeError } from '../../errors';
import { isNoAccess } from '../../http/agent-http';
import { type Logger, loggable } from '../../logger';
import type { Chats, Member } from '../../protocol/answers';
import type { Chat } from '../../protocol/chat';
import { RecentMap } from '../../recent';
import { Cached } from './cached';
import { LOOKUP_DEADLINE, Roster, UNKNOWN_SENDER_AGE } from './roster';
import { Slots } from '../../slots';

/** Rosters fetched at a time for one agent. */
const MOST_FETCHES = 4;
/** Rosters that are kept, at least: those that were used last. */
const KEPT_ROSTERS = 1000;

export interface DirectorySource {
	chats(): Promise<Chats>;
	/** @param deadline ms */
	members(groupId: string, deadline: number): Promise<Member[]>;
}

/**
 * Who is in the agent's groups, and what its chats are called; kept as long as the triggers allow.
 */
export class Directory {
	private readonly rosters = new RecentMap<Roster>(KEPT_ROSTERS);
	private readonly chats: Cached<Chats>;
	private readonly fetches = new Slots(MOST_FETCHES);

	constructor(
		private readonly source: DirectorySource,
		private readonly clock: Clock,
		private readonly logger: Logger,
	) {
		this.chats = new Cached(
			clock,
			() => source.chats(),
			(error) => {
				logger.warn(`The list of chats could not be fetched: ${describeError(error)}`);
			},
		);
	}

	/**
	 * The group's members, at most `maxAge` ms old where the server answers in time, else as they
	 * were, else null. Somebody who writes without being in the roster makes it outdated at once.
	 */
	async roster(
		groupId: string,
		maxAge: number,
		senderId: string,
	): Promise<readonly Member[] | null> {
		return (await this.rosterOf(groupId).for(senderId, maxAge)) ?? null;
	}

	/**
	 * The same for what is about to be sent, which waits for the server.
	 * @throws AgentClubError UNREACHABLE while the server is away; it is worth asking again at once
	 */
	async rosterUnlessAway(
		groupId: string,
		maxAge: number,
		senderId: string,
	): Promise<readonly Member[] | null> {
		const members = await this.roster(groupId, maxAge, senderId);
		this.rosterOf(groupId).throwIfAway();
		return members;
	}

	/**
	 * The group's members as they are now, for names that nobody in the roster has; see
	 * `Roster.forStrangers`.
	 * @param since monotonic ms when the text was there
	 * @throws AgentClubError UNREACHABLE while the server is away; it is worth asking again at once
	 */
	rosterForStrangers(
		groupId: string,
		names: readonly string[],
		since: number,
	): Promise<readonly Member[] | undefined> {
		return this.rosterOf(groupId).forStrangers(names, since);
	}

	/** A group's name; null where it is not known in time. */
	async groupName(chat: Chat, maxAge: number): Promise<string | null> {
		const chats = await this.chats.get(maxAge, LOOKUP_DEADLINE);
		const name = nameIn(chats, chat.id);
		if (name !== null || this.chats.age < UNKNOWN_SENDER_AGE) return name;
		return nameIn(await this.chats.get(UNKNOWN_SENDER_AGE, LOOKUP_DEADLINE), chat.id);
	}

	/**
	 * The server says that the agent's chats have changed: somebody may have been added or removed.
	 */
	outdated(): void {
		this.chats.invalidate();
	}

	private rosterOf(groupId: string): Roster {
		const roster = this.rosters.get(groupId) ?? this.newRoster(groupId);
		// Set again, because it is the last one that was used now.
		this.rosters.set(groupId, roster);
		return roster;
	}

	private newRoster(groupId: string): Roster {
		return new Roster(
			this.clock,
			() => this.fetchMembers(groupId),
			(error) => {
				this.logger.warn(
					`The members of group ${loggable(groupId)} could not be fetched: ${describeError(error)}`,
				);
			},
		);
	}

	private async fetchMembers(groupId: string): Promise<Member[]> {
		await this.fetches.take();
		try {
			return await this.source.members(groupId, LOOKUP_DEADLINE);
		} catch (error) {
			// The agent has left the group: what is still queued from there runs without a roster.
			if (isNoAccess(error)) return [];
			throw error;
		} finally {
			this.fetches.release();
		}
	}
}

function nameIn(chats: Chats | undefined, groupId: string): string | null {
	return chats?.groups.find((group) => group.id === groupId)?.name ?? null;
}
