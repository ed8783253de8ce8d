import { AgentClubError } from '../errors';
import { findMentionTags, MENTION_LIMIT } from '../protocol/mention-tags';

/**
 * The ids that a text's tags mention, each once, in the order of the text, "all" included, followed
 * by `extraIds`. With the format `code` the text mentions nobody. A tag in Markdown's code does,
 * because the server's page shows it as a mention there too.
 * @throws AgentClubError SETTINGS above the server's limit of 100, which it would cut without a
 * word
 */
export function mentionsIn(
	text: string,
	format: 'text' | 'code',
	extraIds: readonly string[] = [],
): string[] {
	const tags = format === 'code' ? [] : findMentionTags(text);
	const ids = new Set(
		[...tags.map((tag) => tag.userId.trim()), ...extraIds].filter((id) => id !== ''),
	);
	if (ids.size <= MENTION_LIMIT) return [...ids];
	throw new AgentClubError(
		'SETTINGS',
		`The text mentions ${ids.size} people, and a message can mention ` + `${MENTION_LIMIT} at most`,
		{
			remedy: 'Mention everybody with <at user_id="all">all</at>, or split the message.',
		},
	);
}
