/**
 * Mention tags as all Agent Club clients write them: <at user_id="ID">name</at>, where ID may be
 * "all".
 */

/** The id that stands for everybody in a group. */
export const EVERYONE = 'all';

/**
 * The server keeps the first 100 mentions and silently drops the rest
 * (`test/contract/messages.test.ts`). So more of them are an error here.
 */
export const MENTION_LIMIT = 100;

const TAG = /<at user_id="([^"]+)">([^<]*)<\/at>/g;

export interface MentionTag {
	readonly userId: string;
	/** The name between the tags, XML entities resolved (the server's page escapes & < > there). */
	readonly name: string;
	/** Offsets of the whole tag in the text. */
	readonly start: number;
	readonly end: number;
}

export function findMentionTags(text: string): MentionTag[] {
	return Array.from(text.matchAll(TAG), (match) => ({
		userId: match[1] ?? '',
		name: unescapeName(match[2] ?? ''),
		start: match.index,
		end: match.index + match[0].length,
	}));
}

/** The text with something else in place of each tag. */
export function replaceMentionTags(text: string, instead: (tag: MentionTag) => string): string {
	let replaced = '';
	let at = 0;
	for (const tag of findMentionTags(text)) {
		replaced += text.slice(at, tag.start) + instead(tag);
		at = tag.end;
	}
	return replaced + text.slice(at);
}

/** The tag for a member, with a name that cannot break out of it. */
export function mentionTag(userId: string, name: string): string {
	return `<at user_id="${userId.replace(/["<>]/g, '')}">${escapeName(name)}</at>`;
}

const ENTITIES: Record<string, string> = {
	'&lt;': '<',
	'&gt;': '>',
	'&amp;': '&',
	'&quot;': '"',
	'&#39;': "'",
};

function unescapeName(name: string): string {
	return name.replace(/&(?:lt|gt|amp|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity);
}

function escapeName(name: string): string {
	return name.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
