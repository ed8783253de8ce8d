import type { Chat } from '../protocol/chat';
import type { Message } from '../protocol/message';
import { type FilterSettings, judge } from './filter';
import type { Past } from './past';
import { Sweep } from './sweep';

/**
 * Files that a person posts in a group shortly before they mention the agent: the server's page sends a file as a message of its own,
 * without words or mentions, so the filters turn it away, and the question about it comes alone.
 */

export interface RecentFilesSettings {
	readonly filter: FilterSettings;
	/** ms before the mention; 0 is off. */
	readonly recentFiles: number;
	/** ms after a message within which its sender's next ones belong to it. */
	readonly collect: { readonly pause: number };
}

interface Posted {
	readonly file: Message;
	taken: boolean;
}

interface Watched {
	/** Seconds; of the first message seen here, before which only the history knows. */
	readonly since: number;
	/** Seconds; of the newest message. */
	newest: number;
	posted: Posted[];
	/** Senders whose files before `since` have been looked for. */
	readonly lookedUp: Set<string>;
}

/** Chats that have been quiet for longer than the window are forgotten when there are more than this. */
const MOST_CHATS = 1000;
/** Messages of the past that are looked through. */
const MOST_PAST = 1000;

export const NO_EARLIER_FILES = 'Files that were posted before the mention could not be looked for: the server did not give the history of the chat.';

const NONE: readonly never[] = [];

export class RecentFiles {
	private readonly chats = new Map<string, Watched>();
	private readonly sweep = new Sweep(MOST_CHATS);

	/** @param settings of the running life; undefined before the first one */
	constructor(private readonly settings: () => RecentFilesSettings | undefined) {}

	/** Every message that the trigger sees for the first time. @param isTurnedAway for want of a mention */
	see(message: Message, isTurnedAway: boolean): void {
		if (!this.isWanted(message.chat)) return;
		const { key } = message.chat;
		const known = this.chats.get(key);
		const watched = known ?? { since: message.createdAt, newest: message.createdAt, posted: [], lookedUp: new Set() };
		if (!known) {
			this.sweep.ifDue(this.chats, ({ newest }) => newest < message.createdAt - this.window);
			this.chats.set(key, watched);
		}
		watched.newest = Math.max(watched.newest, message.createdAt);
		if (watched.posted.length > 0) watched.posted = watched.posted.filter(({ file }) => file.createdAt >= watched.newest - this.window);
		// What a reconnect brings once more is there already.
		if (isTurnedAway && message.fileUrl && !watched.posted.some(({ file }) => file.id === message.id)) watched.posted.push({ file: message, taken: false });
	}

	/** The files that belong to a message that has passed the filters; no other message gets them. */
	take(message: Message): readonly Message[] {
		const posted = this.chats.get(message.chat.key)?.posted;
		if (!posted || posted.length === 0) return NONE;
		const taken = posted.filter((each) => !each.taken && each.file.sender.id === message.sender.id && this.isRecent(each.file, message));
		for (const each of taken) each.taken = true;
		return taken.map(({ file }) => file);
	}

	/**
	 * The same for what was posted before this trigger saw anything of the chat; undefined at once when that has been asked for, and later where it
	 * cannot be told.
	 */
	takeFromPast(message: Message, selfId: string, past: Past): Promise<Message[] | undefined> | undefined {
		const watched = this.chats.get(message.chat.key);
		const settings = this.settings();
		if (!watched || !settings || watched.lookedUp.has(message.sender.id) || message.createdAt - this.window >= watched.since) return undefined;
		watched.lookedUp.add(message.sender.id);
		return findRecentFiles(message, watched.since, settings, selfId, past);
	}

	/** Another life may listen to other chats, and let other messages through. */
	clear(): void { this.chats.clear(); }

	/** Seconds. */
	private get window(): number { return (this.settings()?.recentFiles ?? 0) / 1000; }

	private isWanted({ type }: Chat): boolean {
		return type === 'group' && this.window > 0 && this.settings()?.filter.requireMention === true;
	}

	private isRecent(file: Message, message: Message): boolean {
		return file.createdAt <= message.createdAt && file.createdAt >= message.createdAt - this.window;
	}

}

/**
 * The same from the history alone.
 * @param until seconds before which to look
 */
export async function findRecentFiles(message: Message, until: number, settings: RecentFilesSettings, selfId: string, past: Past): Promise<Message[] | undefined> {
	if (message.chat.type !== 'group' || !settings.filter.requireMention || settings.recentFiles <= 0) return [];
	const range = { after: message.createdAt - settings.recentFiles / 1000, before: until, limit: MOST_PAST };
	const said = await past(message.chat, range);
	return said && recentFilesIn(said, message, settings, selfId);
}

/** The sender's files in the history that the filters turned away, but for those that an earlier item has had. @param past oldest first */
function recentFilesIn(past: readonly Message[], { sender }: Message, { filter, collect }: RecentFilesSettings, selfId: string): Message[] {
	let files: Message[] = [];
	let takenUntil = Number.NEGATIVE_INFINITY;
	for (const message of past) {
		if (message.sender.id !== sender.id) continue;
		const reason = judge(filter, message, selfId);
		if (reason === undefined) {
			files = [];
			takenUntil = message.createdAt + collect.pause / 1000;
		} else if (reason === 'no mention' && message.fileUrl && message.createdAt > takenUntil) {
			files.push(message);
		}
	}
	return files;
}
