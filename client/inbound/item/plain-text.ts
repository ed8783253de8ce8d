import { findMentionTags, replaceMentionTags } from '../../protocol/mention-tags';
import { isBlank } from '../../protocol/blank-text';
import { joined } from './bundle';
import { cleanName } from '../../protocol/display-name';
import { withoutHiddenNote } from '../../protocol/hidden-note';

/**
 * What was said in several messages, as people would say it. A mention of the agent that is all
 * there is stays: a model refuses an empty text.
 */
export function spokenText(
	texts: readonly string[],
	selfId: string,
	keepTag?: (userId: string) => boolean,
): string {
	const said = joined(texts.map((text) => plainText(text, selfId, keepTag)));
	return isBlank(said) ? joined(texts.map((text) => plainText(text, '', keepTag))) : said;
}

/**
 * The text as people would say it: tags as @Name, the agent's own mention at the start left out.
 * @param keepTag answers whether a tag stays as it is; for names that would not tell who is meant
 */
export function plainText(
	written: string,
	selfId: string,
	keepTag: (userId: string) => boolean = () => false,
): string {
	const text = withoutHiddenNote(written);
	const said = withoutLeadingMention(text, selfId);
	const plain = replaceMentionTags(said, ({ userId, name, start, end }) =>
		keepTag(userId) ? said.slice(start, end) : `@${cleanName(name) || userId}`,
	);
	return plain === text ? text : plain.trim();
}

function withoutLeadingMention(text: string, userId: string): string {
	let at = 0;
	for (const tag of findMentionTags(text)) {
		if (tag.userId !== userId || text.slice(at, tag.start).trim() !== '') break;
		at = tag.end;
	}
	return text.slice(at);
}
