import type { Member } from '../../protocol/answers';
import { findMentionTags } from '../../protocol/mention-tags';
import { cleanName } from '../../protocol/display-name';

export interface MentionGuideInput {
	readonly self: { readonly userId: string; readonly displayName: string };
	/** The members of the group; empty in a direct chat and where the roster is off or unknown. */
	readonly roster: readonly Member[];
	readonly text: string;
	/**
	 * A text to use instead, in which {{agent}} and {{roster}} stand for the agent and the members;
	 * "" is the usual one.
	 */
	readonly template: string;
}

/**
 * What a language model needs to know to read and write mentions. Null if there is nothing to
 * explain: no members, and no tag in the text. Names are cleaned, so that nobody's display name can
 * add a line of its own.
 */
export function mentionGuide({ self, roster, text, template }: MentionGuideInput): string | null {
	if (roster.length === 0 && findMentionTags(text).length === 0) return null;
	const members = roster.map((member) => memberLine(member, self.userId));
	if (template.trim() !== '') return filledIn(template, self, members);
	const lines = [
		'How mentions work in this chat: <at user_id="ID">name</at> in a message addresses the ' +
			'user with that ID.',
		`Your own ID is "${cleanId(self.userId)}": a tag with it addresses you.`,
		"To address somebody in your answer, write the same tag with that user's ID; the ID " +
			'"all" addresses everybody in the group.',
		'Write only your own words, without a name before them.',
	];
	if (members.length > 0) lines.push('The members of this group are:', ...members);
	return lines.join('\n');
}

/** What stands for the agent and the members in a text of the user's own. */
export const GUIDE_PLACEHOLDER = /\{\{\s*(agent|roster)\s*\}\}/g;

/** In one pass: what a name brings along is never filled in again. */
function filledIn(
	template: string,
	self: MentionGuideInput['self'],
	members: readonly string[],
): string {
	const agent = `${cleanName(self.displayName) || 'unnamed'} (user_id="${cleanId(self.userId)}")`;
	return template.replace(GUIDE_PLACEHOLDER, (_, name) =>
		name === 'agent' ? agent : members.join('\n'),
	);
}

function memberLine(member: Member, selfId: string): string {
	const marks = [
		member.id === selfId && 'this is you',
		member.kind === 'agent' && 'an AI agent',
	].filter(Boolean);
	const suffix = marks.length > 0 ? ` (${marks.join(', ')})` : '';
	return `- ${cleanName(member.name) || 'unnamed'}: user_id="${cleanId(member.id)}"${suffix}`;
}

/** Ids of all server generations consist of these; whatever else comes is not let into the text. */
function cleanId(id: string): string {
	return id.replace(/[^\w.-]/g, '');
}
