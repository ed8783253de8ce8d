import type { Clock } from '../clock';
import type { Member } from '../protocol/answers';
import type { Identity } from '../protocol/frames';
import type { Message } from '../protocol/message';
import { type Attachment, type AttachmentSettings, type AttachmentSource, type BinarySink, fetchAttachment } from './attachments';
import type { HistoryBefore } from './agent-turns';
import type { Directory } from './directory';

/** What the agent's connection offers to those who prepare a message. */
export interface AgentContext {
	readonly identity: Identity;
	readonly directory: Directory;
	readonly files: AttachmentSource;
	readonly clock: Clock;
	readonly historyBefore: HistoryBefore;
}

export interface PreparationSettings extends AttachmentSettings {
	readonly includeRoster: boolean;
	/** ms. */
	readonly rosterMaxAge: number;
}

/** A message with what an item says beside it. */
export interface PreparedMessage<Stored> {
	readonly message: Message;
	readonly identity: Identity;
	/** A group's name or the other person's; null where it is not known. */
	readonly chatName: string | null;
	/** Null in a direct chat, without the option, and where it could not be had. */
	readonly roster: readonly Member[] | null;
	readonly attachments: ReadonlyArray<Attachment<Stored>>;
}

/** Roster, names and files at the same time, each with its own deadline; what fails is missing or says so, nothing is thrown. */
export async function prepareMessage<Stored>(
	message: Message,
	settings: PreparationSettings,
	context: AgentContext,
	sink: BinarySink<Stored>,
): Promise<PreparedMessage<Stored>> {
	const { directory, identity, files, clock } = context;
	const isGroup = message.chat.type === 'group';
	const [chatName, roster, attachment] = await Promise.all([
		isGroup ? directory.groupName(message.chat, settings.rosterMaxAge) : message.sender.name || null,
		isGroup && settings.includeRoster ? directory.roster(message.chat.id, settings.rosterMaxAge, message.sender.id) : null,
		fetchAttachment(message, settings, files, sink, clock),
	]);
	return { message, identity, chatName, roster, attachments: attachment ? [attachment] : [] };
}
