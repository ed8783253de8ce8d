/** An @ is none, because a mention is no decoration. */
const DECORATION = /(?![@＠])[\s\p{P}\p{S}\p{Default_Ignorable_Code_Point}]/u;

/**
 * Whether a model's word for silence stands alone: in the text, in its first or last line, or as
 * its first or last sentence. Case, quotes, Markdown and punctuation around it do not matter.
 */
export function isSilence(text: string, word: string): boolean {
	const silence = bare(word);
	if (silence === '') return word.trim() !== '' && text.trim() === word.trim();
	const said = bare(text.replace(MENTION_TAG, '@'));
	if (said.toLowerCase() === silence.toLowerCase()) return true;
	if (withoutJoints(said) === withoutJoints(silence)) return true;
	if (isSentenceAtAnEnd(said, silence) || isLabelledOrRepeated(said, silence)) return true;
	const lines = text.split(/[\r\n]+/).map((line) => bare(line).toLowerCase());
	return [lines.find(hasWords), lines.findLast(hasWords)].includes(silence.toLowerCase());
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
	/^(?:[.!?。！？…]|["”*_`]*(?:\s+[-–]{1,2}\s|\s*—)|[\s*_`]*[(（][^)）]*$|\p{Lu}\p{Ll})/u;

/** "Nothing to add. NO_REPLY", the word as it is written in the node. */
function isSentenceAtAnEnd(said: string, silence: string): boolean {
	if (said.endsWith(silence)) {
		// As much as quotes and Markdown before the word may take.
		const before = said.slice(0, -silence.length).slice(-SENTENCE_READ);
		return SENTENCE_END.test(before);
	}
	return said.startsWith(silence) && SENTENCE_BEGIN.test(said.slice(silence.length));
}

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
