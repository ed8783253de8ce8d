import type { Message } from '../../protocol/message';

/**
 * What becomes one item: one message, or what its sender wrote in one go, and the files that were
 * posted just before.
 */
export interface Bundle {
	/** In the order of `created_at`. */
	readonly messages: readonly [Message, ...Message[]];
	/**
	 * Files that the sender posted before, without a mention, and that no item has had; oldest first.
	 */
	readonly earlierFiles: readonly Message[];
	/** What could not be had for it, a sentence each. */
	readonly problems: readonly string[];
}

/** Shared: nearly every bundle has no earlier files and no problems. */
export const NONE: readonly never[] = [];

/** A bundle of one. */
export function bundleOf(message: Message): Bundle {
	return { messages: [message], earlierFiles: NONE, problems: NONE };
}

/** The message whose mark covers all the others. */
export function lastOf({ messages }: Bundle): Message {
	return messages.at(-1) ?? messages[0];
}

/** The bundle as one message: the last one's id and time, everybody's words and mentions. */
export function asOneMessage(bundle: Bundle): Message {
	const { messages } = bundle;
	if (messages.length === 1) return messages[0];
	const last = lastOf(bundle);
	return {
		...last,
		text: joined(messages.map(({ text }) => text)),
		contentType: messages.some(({ text }) => text.trim() !== '') ? 'text' : last.contentType,
		mentions: [...new Set(messages.flatMap(({ mentions }) => mentions))],
	};
}

/** The words of several messages, a line each. */
export function joined(texts: readonly string[]): string {
	return texts.filter((text) => text.trim() !== '').join('\n');
}
