import type { IDataObject } from 'n8n-workflow';
import { transcriptEntries } from '../../shared/transcript';
import type { PastMessages } from './past-messages';
import { pastMessageJson } from './past-messages';

/**
 * What a tool gives back goes into a model's context as a whole, so it is limited, and says what
 * was left out.
 */

/** Characters of JSON or of a transcript: about 25,000 tokens, or the default 50 messages. */
const MOST_CHARACTERS = 100_000;

/** An item for each message, oldest first; the first one tells of messages that are left out. */
export function itemsForModel({ messages }: PastMessages): IDataObject[] {
	const kept: IDataObject[] = [];
	let left = MOST_CHARACTERS;
	for (const message of messages.toReversed()) {
		const item = pastMessageJson(message);
		const { length } = JSON.stringify(item);
		if (length > left && kept.length > 0) break;
		kept.push(length > left ? clipped(item) : item);
		left -= length;
	}
	const leftOut = messages.length - kept.length;
	const oldest = messages[leftOut]?.message.createdAt;
	return [...(leftOut > 0 ? [{ leftOut, note: noteOn(leftOut, oldest) }] : []), ...kept.reverse()];
}

function noteOn(leftOut: number, oldest: number | undefined): string {
	const earlier = leftOut === 1 ? 'earlier message is' : 'earlier messages are';
	return (
		`${leftOut} ${earlier} left out, because a model gets at most ` +
		`${MOST_CHARACTERS} characters. Ask for fewer, or for those before ${oldest ?? 'the first one'}.`
	);
}

/** The newest message alone may be longer than all that is allowed. */
function clipped(item: IDataObject): IDataObject {
	const most = MOST_CHARACTERS / 4;
	const cut = (value: IDataObject[string]) =>
		typeof value === 'string' && value.length > most ? cutAt(value, most) : value;
	return Object.fromEntries(Object.entries(item).map(([key, value]) => [key, cut(value)]));
}

/** Never through the middle of a character: some models refuse a request with half of one. */
function cutAt(text: string, length: number): string {
	return `${text.slice(0, length).replace(/\p{Cs}$/u, '')}…`;
}

/** The conversation as text, with a first line that tells of messages that are left out. */
export function transcriptForModel({ messages, roster, identity }: PastMessages): {
	transcript: string;
	messageCount: number;
	leftOut: number;
} {
	const entries = transcriptEntries(messages, roster, identity);
	let left = MOST_CHARACTERS;
	let from = entries.length;
	while (from > 0 && (entries[from - 1]?.length ?? 0) < left) {
		from -= 1;
		left -= (entries[from]?.length ?? 0) + 1;
	}
	const kept =
		from < entries.length
			? entries.slice(from)
			: entries.slice(-1).map((entry) => cutAt(entry, MOST_CHARACTERS));
	const leftOut = entries.length - kept.length;
	const oldest = messages[leftOut]?.message.createdAt;
	const lines = leftOut > 0 ? [`[${noteOn(leftOut, oldest)}]`, ...kept] : kept;
	return { transcript: lines.join('\n'), messageCount: kept.length, leftOut };
}
