import { type Chat, chatKey } from '../../protocol/chat';
import type { Message } from '../../protocol/message';
import { NONE } from './bundle';
import { type FilterSettings, skipReason } from '../intake/filter';
import type { Past } from './past';
import { Sweep } from '../sweep';

/**
 * Files that a person posts in a group shortly before they mention the agent. The server's page
 * sends a file as a message of its own, without text or mentions. So the filters turn it away, and
 * the question about it would come alone.
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
	/** By their ids, in the order of arrival. */
	readonly posted: Map<string, Posted>;
	/** Senders whose files before `since` have been looked for. */
	readonly lookedUp: Set<string>;
	/** The files before `since`, by their senders: the history is asked once for a chat. */
	earlier: Promise<Map<string, Message[]> | undefined> | undefined;
	/** There are none. */
	hasNone: boolean;
}

/**
 * Chats that have been quiet for longer than the window are forgotten when there are more than
 * this.
 */
const MOST_CHATS = 1000;
/** Messages of the past that are looked through. */
const MOST_PAST = 1000;

export const NO_EARLIER_FILES =
	'Files that were posted before the mention could not be looked for: the server did not ' +
	'give the history of the chat.';

export class RecentFiles {
	private readonly chats = new Map<string, Watched>();
	private readonly sweep = new Sweep(MOST_CHATS);

	/** @param settings of the running life; undefined before the first one */
	constructor(private readonly settings: () => RecentFilesSettings | undefined) {}

	/**
	 * Every message that the trigger sees for the first time.
	 * @param isTurnedAway for want of a mention
	 */
	see(message: Message, isTurnedAway: boolean): void {
		if (!this.isWanted(message.chat)) return;
		const { key } = message.chat;
		const known = this.chats.get(key);
		const watched = known ?? {
			since: message.createdAt,
			newest: message.createdAt,
			posted: new Map<string, Posted>(),
			lookedUp: new Set(),
			earlier: undefined,
			hasNone: false,
		};
		if (!known) {
			this.sweep.ifDue(this.chats, ({ newest }) => newest < message.createdAt - this.window);
			this.chats.set(key, watched);
		}
		// Not the greatest time: the server's clock may have been set back.
		watched.newest = message.createdAt;
		for (const [id, { file }] of watched.posted) {
			if (file.createdAt >= watched.newest - this.window) break;
			watched.posted.delete(id);
		}
		// What a reconnect brings once more is there already.
		if (isTurnedAway && message.fileUrl && !watched.posted.has(message.id))
			watched.posted.set(message.id, { file: message, taken: false });
	}

	/** The files that belong to a message that has passed the filters; no other message gets them. */
	take(message: Message): readonly Message[] {
		const posted = this.chats.get(message.chat.key)?.posted;
		if (!posted || posted.size === 0) return NONE;
		const taken = [...posted.values()].filter(
			(each) =>
				!each.taken &&
				each.file.sender.id === message.sender.id &&
				this.isRecent(each.file, message),
		);
		for (const each of taken) each.taken = true;
		return taken.map(({ file }) => file);
	}

	/**
	 * The same for files that were posted before this trigger saw anything of the chat.
	 * @returns undefined if it has been asked for already; a promise of undefined if the server does
	 * not tell
	 */
	takeFromPast(
		message: Message,
		selfId: string,
		past: Past,
	): Promise<readonly Message[] | undefined> | undefined {
		const watched = this.chats.get(message.chat.key);
		const settings = this.settings();
		if (
			!watched ||
			!settings ||
			watched.hasNone ||
			watched.lookedUp.has(message.sender.id) ||
			message.createdAt - this.window >= watched.since
		)
			return undefined;
		watched.lookedUp.add(message.sender.id);
		watched.earlier ??= filesBefore(message.chat, watched.since, settings, selfId, past);
		return watched.earlier.then((files) => {
			// The next person's message asks again.
			if (!files) watched.earlier = undefined;
			watched.hasNone = files?.size === 0;
			if (watched.hasNone) watched.lookedUp.clear();
			return (
				files &&
				(files.get(message.sender.id) ?? NONE).filter((file) => this.isRecent(file, message))
			);
		});
	}

	/** What was posted in the chat is gone. */
	forget(chat: Chat): void {
		this.chats.delete(chatKey(chat));
	}

	/** Another life may listen to other chats, and let other messages through. */
	clear(): void {
		this.chats.clear();
	}

	/** Seconds. */
	private get window(): number {
		return (this.settings()?.recentFiles ?? 0) / 1000;
	}

	private isWanted({ type }: Chat): boolean {
		return type === 'group' && this.window > 0 && this.settings()?.filter.requireMention === true;
	}

	private isRecent(file: Message, message: Message): boolean {
		return file.createdAt <= message.createdAt && file.createdAt >= message.createdAt - this.window;
	}
}

/**
 * The sender's files before a message, from the history alone.
 * @returns undefined where it cannot be had
 */
export async function findRecentFiles(
	{ chat, sender, createdAt }: Message,
	settings: RecentFilesSettings,
	selfId: string,
	past: Past,
): Promise<readonly Message[] | undefined> {
	if (chat.type !== 'group' || !settings.filter.requireMention || settings.recentFiles <= 0)
		return NONE;
	const files = await filesBefore(chat, createdAt, settings, selfId, past);
	return files && (files.get(sender.id) ?? NONE);
}

/**
 * By their senders: the files that were posted within the window before a time (seconds), and that
 * no earlier item has had.
 */
async function filesBefore(
	chat: Chat,
	until: number,
	{ recentFiles, filter, collect }: RecentFilesSettings,
	selfId: string,
	past: Past,
): Promise<Map<string, Message[]> | undefined> {
	const said = await past(chat, {
		after: until - recentFiles / 1000,
		before: until,
		limit: MOST_PAST,
	});
	if (!said) return undefined;
	const files = new Map<string, Message[]>();
	const takenUntil = new Map<string, number>();
	for (const message of said) {
		const { id } = message.sender;
		const reason = skipReason(filter, message, selfId);
		if (reason === undefined) {
			files.delete(id);
			takenUntil.set(id, message.createdAt + collect.pause / 1000);
		} else if (
			reason === 'no mention' &&
			message.fileUrl &&
			message.createdAt > (takenUntil.get(id) ?? Number.NEGATIVE_INFINITY)
		) {
			const ofSender = files.get(id);
			if (ofSender) ofSender.push(message);
			else files.set(id, [message]);
		}
	}
	return files;
}
