import type { Clock } from '../../clock';
import { describeError } from '../../errors';
import { isNoAccess } from '../../http/agent-http';
import { isAway } from '../../http/http-errors';
import { type Logger, loggable } from '../../logger';
import type { Chats, Member } from '../../protocol/answers';
import type { Chat } from '../../protocol/chat';
import { Cached } from './cached';
import { Slots } from '../../slots';

/** ms that a message waits for a roster or a name at most. */
const LOOKUP_DEADLINE = 5000;
/** Rosters fetched at a time for one agent. */
const MOST_FETCHES = 4;
/**
 * ms before an unknown sender or a change of the chat list makes a roster count as outdated again.
 */
const UNKNOWN_SENDER_AGE = 2000;
/** ms between two fetches of a roster because a text mentions a name that nobody in it has. */
const STRANGER_PAUSE = 5000;
/** Rosters kept; a message in another group pushes out the one that was used longest ago. */
const MOST_ROSTERS = 1000;

export interface DirectorySource {
	chats(): Promise<Chats>;
	/** @param deadline ms */
	members(groupId: string, deadline: number): Promise<Member[]>;
}

/**
 * Who is in the agent's groups, and what its chats are called; kept as long as the triggers allow.
 */
export class Directory {
	private readonly rosters = new Map<string, Cached<Member[]>>();
	/** When a name that nobody has was last looked up again, by group. */
	private readonly strangersAt = new Map<string, number>();
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
		const roster = this.rosterOf(groupId);
		const senderUnknown =
			roster.current !== undefined && !roster.current.some((member) => member.id === senderId);
		return (
			(await roster.get(
				senderUnknown ? Math.min(maxAge, UNKNOWN_SENDER_AGE) : maxAge,
				LOOKUP_DEADLINE,
			)) ?? null
		);
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
		throwIfAway(this.rosterOf(groupId));
		return members;
	}

	/**
	 * The group's members as they are now, for a name that no member had in the roster: its owner may
	 * have joined a moment ago. Undefined if the members cannot be had, and within 5 s of the last
	 * time. So texts full of such names cannot flood the server.
	 * @throws AgentClubError UNREACHABLE while the server is away; it is worth asking again at once
	 */
	async rosterForStranger(groupId: string): Promise<readonly Member[] | undefined> {
		const now = this.clock.now();
		for (const [group, at] of this.strangersAt)
			if (now - at >= STRANGER_PAUSE) this.strangersAt.delete(group);
		if (this.strangersAt.has(groupId)) return undefined;
		this.strangersAt.set(groupId, now);
		const roster = this.rosterOf(groupId);
		roster.invalidate();
		const members = await roster.get(STRANGER_PAUSE, LOOKUP_DEADLINE);
		if (isAway(roster.failure)) this.strangersAt.delete(groupId);
		throwIfAway(roster);
		return members;
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

	private rosterOf(groupId: string): Cached<Member[]> {
		const known = this.rosters.get(groupId) ?? this.newRoster(groupId);
		this.rosters.delete(groupId);
		this.rosters.set(groupId, known);
		return known;
	}

	private newRoster(groupId: string): Cached<Member[]> {
		for (const oldest of this.rosters.keys()) {
			if (this.rosters.size < MOST_ROSTERS) break;
			this.rosters.delete(oldest);
		}
		return new Cached(
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

function throwIfAway(cached: Cached<unknown>): void {
	const { failure } = cached;
	if (!isAway(failure)) return;
	cached.forgiveFailure();
	throw failure;
}

function nameIn(chats: Chats | undefined, groupId: string): string | null {
	return chats?.groups.find((group) => group.id === groupId)?.name ?? null;
}
