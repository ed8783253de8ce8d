/** An @ is none, because a mention is no decoration. */
const DECORATION = /(?![@＠])[\s\p{P}\p{S}\p{Default_Ignorable_Code_Point}]/u;

/**
 * Whether a model's word for silence stands alone: in the text, in its first or last line, or as
 * its first or last sentence. Case, quotes, Markdown and punctuation around it do not matter.
 */
export function isSilence(text: string, word: string): boolean {
	const silence = bare(word);
	if (silence === '') return word.trim() !== '' && text.trim() === word.trim();
	if (isSilentObject(text, silence)) return true;
	const said = bare(text.replace(MENTION_TAG, '@').replace(ANSWER_TAG, ''));
	if (isAlone(said, silence)) return true;
	if (withoutJoints(said) === withoutJoints(silence) || isSentenceAtAnEnd(said, silence))
		return true;
	const lines = said.split(/[\r\n]+/).map(bare);
	const ends = [lines.find(hasWords), lines.findLast(hasWords)];
	return ends.some((line) => line !== undefined && isAlone(line, silence));
}

/** In any case, with a label, or repeated. */
function isAlone(said: string, silence: string): boolean {
	return said.toLowerCase() === silence.toLowerCase() || isLabelledOrRepeated(said, silence);
}

/** What some models put around their answer. */
const ANSWER_TAG = /<\/?(?:answer|final_answer|response|output|reply)>/gi;
/** Fields of an answer in JSON that are not meant for its reader. */
const ASIDE = /reason|explanation|why|note|thought|think|analysis|comment|rationale|confidence/i;

const FENCED = /^```(?:json)?\s([^]*)```$/;
/** Characters. */
const LONGEST_OBJECT = 2000;

/** An object with the word in it, perhaps in a code block, and nothing else for the reader. */
function isSilentObject(text: string, silence: string): boolean {
	const trimmed = text.trim();
	if (trimmed.length > LONGEST_OBJECT) return false;
	const json = (FENCED.exec(trimmed)?.[1] ?? trimmed).trim();
	if (!json.startsWith('{')) return false;
	try {
		const words = Object.entries(JSON.parse(json) as object).flatMap(([name, value]) =>
			typeof value === 'string' && value !== '' && !ASIDE.test(name) ? [bare(value)] : [],
		);
		return words.length > 0 && words.every((each) => each.toLowerCase() === silence.toLowerCase());
	} catch {
		return false;
	}
}

/** Without what stands around it, and without the backslash that Markdown wants before a `_`. */
function bare(text: string): string {
	let [start, end] = [0, text.length];
	for (let next = lengthAt(text, start); next > 0 && start < end; next = lengthAt(text, start))
		start += next;
	for (let last = lengthBefore(text, end); last > 0 && start < end; last = lengthBefore(text, end))
		end -= last;
	return text.slice(start, end).normalize('NFKC').replaceAll('\\_', '_');
}

/** The length of a decorating character that begins here; 0 for another one. */
function lengthAt(text: string, at: number): number {
	const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
	return DECORATION.test(character) ? character.length : 0;
}

function lengthBefore(text: string, end: number): number {
	const isPair = /[\udc00-\udfff]/.test(text.charAt(end - 1));
	return lengthAt(text, end - (isPair ? 2 : 1));
}

/** Models write NO REPLY too. In small letters "no reply" is what people say of each other. */
function withoutJoints(word: string): string {
	return word.replace(/[\s_-]+/g, '');
}

const SENTENCE_END = /[.!?。！？…][\s"'”’)*_`]*$/;
/** The next sentence, a remark behind a dash or in brackets, or a word that is stuck to it. */
const SENTENCE_BEGIN =
	/^(?:[.!?。！？…]|["”*_`]*(?:\s+[-–]{1,2}\s|\s*—)|[\s*_`]*(?:[(（][^)）]*|\[[^\]]*|\{[^}]*|【[^】]*)$|\p{Lu}\p{Ll})/u;

/** "Nothing to add. NO_REPLY", the word as it is written in the node. */
function isSentenceAtAnEnd(said: string, silence: string): boolean {
	if (said.endsWith(silence)) {
		// As much as quotes and Markdown before the word may take.
		const before = said.slice(0, -silence.length);
		return SENTENCE_END.test(before.slice(-SENTENCE_READ)) || isRemark(before, silence);
	}
	if (!said.startsWith(silence)) return false;
	const behind = said.slice(silence.length);
	return (
		SENTENCE_BEGIN.test(behind) || (/^["”*_`]*[,，]/.test(behind) && isRemark(behind, silence))
	);
}

/**
 * "Nothing to add, NO_REPLY". Only for a word that is written like no other one, and not behind
 * another such word, as in a list of them.
 */
function isRemark(said: string, silence: string): boolean {
	const isShort = said.length <= LONGEST_REMARK && !/[\r\n.:]/.test(said);
	return isShort && !/\p{Ll}/u.test(silence) && REMARK.test(said);
}

/** Several words and one comma, or the other way round. */
const REMARK =
	/^(?:[^,，]*\s[^,，]*\p{Ll}[^\s,，]*[,，]|[^,，]*\p{Script=Han}{2}[^,，]*[,，]|["”*_`]*[,，][^,，]*\p{L}{2}[^,，]*)["“*_`\s]*$/u;
const LONGEST_REMARK = 120;

const SENTENCE_READ = 16;

/**
 * "Nova: NO_REPLY", as others' words stand behind their names; "Answer: NO_REPLY"; "@Mia NO_REPLY";
 * or the word twice.
 */
function isLabelledOrRepeated(said: string, silence: string): boolean {
	if (isMentions(said.startsWith(silence) ? said.slice(silence.length) : '')) return true;
	if (!said.endsWith(silence)) return false;
	const before = said.slice(0, -silence.length).trim();
	if (before === silence || isMentions(before)) return true;
	const label = before
		.slice(0, LONGEST_LABEL + 1)
		.replace(QUOTES_AND_MARKDOWN, '')
		.trim();
	return before.length <= LONGEST_LABEL && LABEL.test(label);
}

const LABEL = /^[^\s:]+(?: [^\s:]+)?\s?:$/;
const LONGEST_LABEL = 66;
const QUOTES_AND_MARKDOWN = /[*_`"'“”‘’«»「」]/g;

function isMentions(text: string): boolean {
	return text.length <= MOST_MENTIONS && MENTIONS.test(text);
}

const MENTION_TAG = /<at user_id="[^"]+">[^<]*<\/at>/g;
/** Of one word, or of two that both look like names; a tag's name is left out already. */
const MENTIONS = /^\s*(?:@[^\s@,:]*(?: \p{Lu}[^\s@,:]*)?[\s,:*]*)+$/u;
/** Characters. */
const MOST_MENTIONS = 200;

function hasWords(line: string): boolean {
	return line !== '';
}
