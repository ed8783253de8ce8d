import { finalChannel } from './harmony';
import { withoutTemplateMarks } from './template-marks';

const THINK = String.raw`(?:\w+:)?think(?:ing)?`;
/** One that was cut off has no end; only the usual names are taken for that. */
const REASONING = new RegExp(
	[
		// Some models end it by another of its names than the one that they begin it with.
		String.raw`<${THINK}(?:\s[^<>]*)?>[\s\S]*?(?:<\/${THINK}>|$)`,
		String.raw`<(thoughts?|reasoning|reflection|scratchpad|inner_monologue|antThinking)>[\s\S]*?<\/\1>`,
		// Magistral, Kimi, Gemma, and Command A, which marks its answer too.
		String.raw`\[THINK\][\s\S]*?\[\/THINK\]`,
		String.raw`◁think▷[\s\S]*?(?:◁\/think▷|$)`,
		String.raw`<\|channel>thought[\s\S]*?(?:<channel\|>|$)`,
		String.raw`<\|START_THINKING\|>[\s\S]*?(?:<\|END_THINKING\|>|$)(?:\s*<\|START_RESPONSE\|>)?`,
	]
		.map((form) => String.raw`[\s\p{Default_Ignorable_Code_Point}]*(?:${form})\s*`)
		.join('|'),
	'iuy',
);
/** What some models put around the answer that follows. */
const AROUND_ANSWER = /^<answer>\s*|\s*(?:<\/answer>|<\|END_RESPONSE\|>)\s*$/g;
/** Some servers swallow the tag that begins the reasoning: then its end begins or ends a line. */
const END_OF_REASONING = new RegExp(
	String.raw`^[ \t]*<\/${THINK}>|<\/${THINK}>(?=[ \t]*\r?\n)`,
	'im',
);

/**
 * The text without the reasoning that some models put before their answer, and without the marks
 * of a chat template.
 */
export function withoutReasoning(text: string): string {
	return withoutTemplateMarks(answerIn(withoutTemplateMarks(text)));
}

function answerIn(text: string): string {
	const answer = finalChannel(text);
	if (answer !== undefined) return answer;
	const end = END_OF_REASONING.exec(text);
	const before = end ? text.slice(0, end.index) : '';
	// Elsewhere people talk about such tags.
	let at = end && !/<think|`|~~~/i.test(before) ? end.index + end[0].length : 0;
	const begin = at;
	REASONING.lastIndex = at;
	while (REASONING.test(text)) at = REASONING.lastIndex;
	if (at === 0) return text;
	const words = at === begin ? text.slice(at).trimStart() : text.slice(at);
	return words.replace(AROUND_ANSWER, '');
}
