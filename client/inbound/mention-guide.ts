import type { Member } from '../protocol/answers';
import { findMentionTags } from '../protocol/mention-tags';
import { cleanName } from './display-name';

export interface MentionGuideInput {
	readonly selfId: string;
	/** The members of the group; empty in a direct chat and where the roster is off or unknown. */
	readonly roster: readonly Member[];
	readonly text: string;
}

/**
 * What a language model needs to know to read and write mentions, or null when there is nothing to explain: no members, and no
 * tag in the text. Names are cleaned, so that nobody's display name can add a line of its own.
 */
export function mentionGuide({ selfId, roster, text }: MentionGuideInput): string | null {
	if (roster.length === 0 && findMentionTags(text).length === 0) return null;
	const lines = [
		'How mentions work in this chat: <at user_id="ID">name</at> in a message addresses the user with that ID.',
		`Your own ID is "${cleanId(selfId)}": a tag with it addresses you.`,
		'To address somebody in your answer, write the same tag with that user\'s ID; the ID "all" addresses everybody in the group.',
	];
	if (roster.length > 0) lines.push('The members of this group are:', ...roster.map((member) => memberLine(member, selfId)));
	return lines.join('\n');
}

function memberLine(member: Member, selfId: string): string {
	const marks = [member.id === selfId && 'this is you', member.kind === 'agent' && 'an AI agent'].filter(Boolean);
	const suffix = marks.length > 0 ? ` (${marks.join(', ')})` : '';
	return `- ${cleanName(member.name) || 'unnamed'}: user_id="${cleanId(member.id)}"${suffix}`;
}

/** Ids of all server generations consist of these; whatever else comes is not let into the text. */
function cleanId(id: string): string {
	return id.replace(/[^\w.-]/g, '');
}
