import { speaker } from '../../client/protocol/speaker';
import { plainText } from '../../client/inbound/item/plain-text';
import type { Member } from '../../client/protocol/answers';
import { MemberNames } from '../../client/protocol/member-names';
import type { Message } from '../../client/protocol/message';

/** Messages as a person or a model reads them. */

type Speaking = Parameters<typeof speaker>[1];
type NamedFile = { readonly kind: string; readonly fileName: string };

interface Said {
	readonly message: Message;
	readonly attachments: readonly NamedFile[];
}

const LINE_BREAK = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;

/**
 * A conversation, a message each: when, who, and what. Further lines of a message are indented, so
 * that nobody can write a line that looks like somebody else's message.
 * @param roster a name that two members share keeps its tag
 */
export function transcriptOf(
	messages: readonly Said[],
	roster: readonly Member[] | null,
	self: Speaking,
): string {
	return transcriptEntries(messages, roster, self).join('\n');
}

/** The same, an entry for each message. */
export function transcriptEntries(
	messages: readonly Said[],
	roster: readonly Member[] | null,
	self: Speaking,
): string[] {
	const ambiguous = MemberNames.of(roster ?? []).ambiguousIds;
	return messages.map((said) => entry(said, ambiguous, self));
}

function entry(
	{ message, attachments }: Said,
	ambiguous: ReadonlySet<string>,
	self: Speaking,
): string {
	// Without an id of its own nothing is left out at the start: to whom something was said belongs
	// to it.
	const words = withFiles(
		plainText(message.text, '', (id) => ambiguous.has(id)),
		attachments,
	);
	const time = new Date(message.createdAt * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
	return `[${time}] ${speaker(message.sender, self)}: ` + words.split(LINE_BREAK).join('\n    ');
}

/** Words and a line for each file, for example "[image: photo.png]". */
export function withFiles(words: string, files: readonly NamedFile[]): string {
	const lines = files.map(({ kind, fileName }) => `[${kind}: ${fileName}]`);
	return [words, ...lines].filter((part) => part !== '').join('\n');
}
