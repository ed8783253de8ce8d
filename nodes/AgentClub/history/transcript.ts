import { cleanName } from '../../../client/inbound/display-name';
import { ambiguousIds, plainText } from '../../../client/inbound/plain-text';
import type { PreparedMessage } from '../../../client/inbound/prepare';
import { withFiles } from '../../shared/message-json';

const LINE_BREAK = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;

/**
 * A conversation as a person or a model reads it, a message each: when, who, and what. Further lines of a message are indented, so that
 * nobody can write a line that looks like somebody else's message.
 */
export function transcriptOf(messages: ReadonlyArray<PreparedMessage<unknown>>): string {
	return messages.map(entry).join('\n');
}

function entry({ message, roster, attachments }: PreparedMessage<unknown>): string {
	const ambiguous = ambiguousIds(roster ?? []);
	// Without an id of its own nothing is left out at the start: to whom something was said belongs to it.
	const words = withFiles(plainText(message.text, '', (id) => ambiguous.has(id)), attachments);
	const time = new Date(message.createdAt * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
	return `[${time}] ${cleanName(message.sender.name) || 'Someone'}: ${words.split(LINE_BREAK).join('\n    ')}`;
}
