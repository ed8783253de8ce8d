import type { Clock } from '../../clock';
import { isAway } from '../../http/http-errors';
import type { Member } from '../../protocol/answers';
import { Cached } from './cached';

/** ms that a message waits for a roster or a name at most. */
export const LOOKUP_DEADLINE = 5000;
/** ms before an unknown sender or a change of the chat list makes a lookup count as outdated. */
export const UNKNOWN_SENDER_AGE = 2000;
/** ms in which the same name is not looked up a second time. */
const SAME_NAME_AGAIN = 1000;
/** Fetches in that time, after which no further name is looked up. */
const FETCHES_FOR_NAMES = 5;

/** The members of one group. */
export class Roster {
	private readonly members: Cached<Member[]>;
	/** When names that nobody had were last looked up, the oldest first. */
	private readonly lookedUp = new Map<string, number>();
	private fetches: number[] = [];

	/** @param fetch one call at a time; it may reject */
	constructor(
		private readonly clock: Clock,
		fetch: () => Promise<Member[]>,
		onFailure: (error: unknown) => void,
	) {
		const counted = (): Promise<Member[]> => {
			this.fetches = [...this.fetches.filter((at) => this.isRecent(at)), clock.now()];
			return fetch();
		};
		this.members = new Cached(clock, counted, onFailure);
	}

	/**
	 * At most `maxAge` ms old where the server answers in time, else as it was, else undefined. A
	 * sender who is not in it makes it outdated sooner.
	 */
	async for(senderId: string, maxAge: number): Promise<readonly Member[] | undefined> {
		const { current } = this.members;
		const isUnknown = current !== undefined && !current.some(({ id }) => id === senderId);
		const age = isUnknown ? Math.min(maxAge, UNKNOWN_SENDER_AGE) : maxAge;
		return await this.members.get(age, LOOKUP_DEADLINE);
	}

	/**
	 * For names in a text that nobody in the roster has: their owners may have joined a moment ago.
	 * Undefined where the members cannot be had. So it is where all these names were looked up within
	 * the last second, or where the members were fetched five times in it: no text floods the server.
	 * @param since monotonic ms when the text was there; a roster that was asked for later will do
	 * @throws AgentClubError UNREACHABLE while the server is away; it is worth asking again at once
	 */
	async forStrangers(
		names: readonly string[],
		since: number,
	): Promise<readonly Member[] | undefined> {
		this.forgetNames();
		if (!this.members.isFrom(since) && !this.mayLookUp(names)) return undefined;
		const members = await this.members.getFrom(since, LOOKUP_DEADLINE);
		if (members === undefined) this.throwIfAway();
		else this.remember(names);
		return members;
	}

	/** @throws AgentClubError UNREACHABLE where the last fetch met no server */
	throwIfAway(): void {
		const { failure } = this.members;
		if (!isAway(failure)) return;
		this.members.forgiveFailure();
		throw failure;
	}

	private mayLookUp(names: readonly string[]): boolean {
		const fetches = this.fetches.filter((at) => this.isRecent(at));
		return fetches.length < FETCHES_FOR_NAMES && names.some((name) => !this.lookedUp.has(name));
	}

	private remember(names: readonly string[]): void {
		for (const name of names) {
			this.lookedUp.delete(name);
			this.lookedUp.set(name, this.clock.now());
		}
	}

	private forgetNames(): void {
		for (const [name, at] of this.lookedUp) {
			if (this.isRecent(at)) return;
			this.lookedUp.delete(name);
		}
	}

	private isRecent(time: number): boolean {
		return this.clock.now() - time < SAME_NAME_AGAIN;
	}
}
