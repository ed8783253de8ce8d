import type { Member } from '../../protocol/answers';
import { findMentionTags } from '../../protocol/mention-tags';
import { cleanName } from './display-name';

/**
 * The text as people would say it: tags as @Name, the agent's own mention at the start left out.
 * @param keepTag answers whether a tag stays as it is; for names that would not tell who is meant
 */
export function plainText(
	text: string,
	selfId: string,
	keepTag: (userId: string) => boolean = () => false,
): string {
	let plain = '';
	let at = 0;
	let leading = true;
	for (const tag of findMentionTags(text)) {
		const between = text.slice(at, tag.start);
		leading &&= between.trim() === '';
		at = tag.end;
		if (leading && tag.userId === selfId) continue;
		leading = false;
		plain +=
			between +
			(keepTag(tag.userId)
				? text.slice(tag.start, tag.end)
				: `@${cleanName(tag.name) || tag.userId}`);
	}
	plain += text.slice(at);
	return plain === text ? text : plain.trim();
}

/** The ids whose display name another member of the roster has too. */
export function ambiguousIds(roster: readonly Member[]): Set<string> {
	const byName = new Map<string, string[]>();
	for (const member of roster) {
		const name = cleanName(member.name).toLowerCase();
		const namesakes = byName.get(name);
		if (namesakes) namesakes.push(member.id);
		else byName.set(name, [member.id]);
	}
	return new Set([...byName.values()].filter((ids) => ids.length > 1).flat());
}
