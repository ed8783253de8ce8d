import type { Clock } from '../../clock';
import type { HistorySource } from '../../http/agent-http';
import type { Member } from '../../protocol/answers';
import type { Identity } from '../../protocol/frames';
import type { Message } from '../../protocol/message';
import {
	type Attachment,
	type AttachmentSettings,
	type AttachmentSource,
	type BinarySink,
	describeFile,
	type FileDescription,
} from './attachments';
import { asOneMessage, type Bundle } from './bundle';
import type { Directory } from './directory';
import { fetchAttachments } from './item-files';
import type { Past } from './past';

/** What the agent's connection offers to those who prepare a message. */
export interface AgentContext {
	readonly identity: Identity;
	readonly directory: Directory;
	readonly files: AttachmentSource;
	readonly clock: Clock;
	readonly history: HistorySource;
	readonly past: Past;
}

export interface PreparationSettings extends AttachmentSettings {
	readonly includeRoster: boolean;
	/** ms. */
	readonly rosterMaxAge: number;
	/** Earlier messages of the chat, since the agent's last one; 0 asks for none. */
	readonly contextMessages: number;
}

/** A message of the past, as it was said. */
export interface SaidMessage {
	readonly message: Message;
	readonly attachments: readonly FileDescription[];
}

/** A message with what else its item says; several of one sender count as one. */
export interface PreparedMessage<Stored> {
	/** With the last one's id and time, where there are several. */
	readonly message: Message;
	/** In the order of `created_at`. */
	readonly messages: readonly [Message, ...Message[]];
	/** What was said before, oldest first. */
	readonly context: readonly SaidMessage[];
	readonly identity: Identity;
	/** A group's name or the other person's; null where it is not known. */
	readonly chatName: string | null;
	/** Null in a direct chat, without the option, and where it could not be had. */
	readonly roster: readonly Member[] | null;
	readonly attachments: ReadonlyArray<Attachment<Stored>>;
	/** What is missing, a sentence each; a file says so itself. */
	readonly problems: readonly string[];
}

/**
 * Roster, names, files and context at the same time, each with its own deadline; what fails is
 * missing or says so, nothing is thrown.
 */
export async function prepareMessage<Stored>(
	bundle: Bundle,
	settings: PreparationSettings,
	context: AgentContext,
	sink: BinarySink<Stored>,
): Promise<PreparedMessage<Stored>> {
	const { directory, identity, files, clock } = context;
	const { messages, earlierFiles } = bundle;
	const message = asOneMessage(bundle);
	const isGroup = message.chat.type === 'group';
	const [chatName, roster, said, attachments] = await Promise.all([
		isGroup
			? directory.groupName(message.chat, settings.rosterMaxAge)
			: message.sender.name || null,
		isGroup && settings.includeRoster
			? directory.roster(message.chat.id, settings.rosterMaxAge, message.sender.id)
			: null,
		settings.contextMessages > 0
			? saidBefore(messages[0], settings.contextMessages, context)
			: NOTHING_SAID,
		fetchAttachments([...earlierFiles, ...messages], settings, files, sink, clock),
	]);
	const problems = [
		...bundle.problems,
		...(isGroup && settings.includeRoster && !roster ? [NO_ROSTER] : []),
		...(said ? [] : [NO_CONTEXT]),
	];
	return {
		message,
		messages,
		context: said ?? [],
		identity,
		chatName,
		roster,
		attachments,
		problems,
	};
}

const NOTHING_SAID: readonly SaidMessage[] = [];
export const NO_ROSTER = 'The members of the group could not be fetched.';
const NO_CONTEXT = 'Earlier messages of the chat could not be fetched.';

/** What was said in the chat before a message, since the agent's own last message. */
async function saidBefore(
	{ chat, createdAt }: Message,
	count: number,
	{ past, identity, files }: AgentContext,
): Promise<SaidMessage[] | undefined> {
	const before = await past(chat, { before: createdAt, limit: count });
	if (!before) return undefined;
	const own = before.findLastIndex(({ sender }) => sender.id === identity.userId);
	return before.slice(own + 1).map((message) => ({
		message,
		attachments: [describeFile(message, files)].filter((file) => file !== undefined),
	}));
}
