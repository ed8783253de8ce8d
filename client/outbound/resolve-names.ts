import type { Member } from '../protocol/answers';
import { foldedName } from '../protocol/folded-name';
import { type FoundName, MemberNames, type NameOwner } from '../protocol/member-names';
import {
	EVERYONE,
	findMentionTags,
	type MentionTag,
	mentionTag,
	replaceMentionTags,
} from '../protocol/mention-tags';
import { codeAndLinks } from './code-and-links';
import { CodeIn } from './code-in';
import { mayBeName } from './mention-ids';
import { endsWord, startsWord } from './word-ends';

export interface NameResolution {
	/** Members of the group; the sending agent itself may be among them. */
	readonly members: readonly Member[];
	/** Whether @all becomes a mention of everybody. */
	readonly allowAll: boolean;
}

export interface ResolvedText {
	readonly text: string;
	/** The first words of names that nobody has, folded, each once; at most 100 of them. */
	readonly strangers: readonly string[];
}

const SIGN = /[@＠﹫]/g;
/** What some models write around a name or an ID, and what then ends it. */
const PARTNERS: Readonly<Partial<Record<string, string>>> = {
	'"': '"',
	'“': '”',
	'「': '」',
	'『': '』',
	'【': '】',
	'[': ']',
	'{': '}',
	'<': '>',
};
/** Markdown's marks around a name. */
const EMPHASIS = /^(?:\*{1,3}|_{1,3})/;
const MOST_MARKS = 3;
/** The end of a mention in the form of Discord and Slack: <@ID>, <@!ID>, <@ID|name>. */
const END_OF_ANGLES = /(?:\|[^<>\n]{0,256})?>/y;
/** The first word of what may be a name, with what may stand before a name. */
const STRANGER =
	/(?:["“「『【[{<!]|\*{1,3}|_{1,3})?([\p{L}\p{N}\p{Extended_Pictographic}](?:['’.-]?[\p{L}\p{M}\p{N}_]){0,63})/uy;
const MOST_STRANGERS = 100;

/**
 * Turns `@Name` of a member into the tag that mentions that member: the longest name first, and
 * only where exactly one member is called so. An ID in the place of a name is understood too, and
 * so are `@"Name"`, `@[Name]`, `@**Name**`, `<@ID>`, and a tag with a name in the place of its ID.
 * Everything else stays as it is. The time is linear in the text and in the roster.
 */
export function resolveNames(written: string, resolution: NameResolution): ResolvedText {
	const { members, allowAll } = resolution;
	const names = MemberNames.of(members);
	const text = withNamedTags(written, names, resolution);
	const freeUntil = freePlaces(text);
	let resolved = '';
	let at = 0;
	const strangers = new Set<string>();
	SIGN.lastIndex = 0;
	for (let sign = SIGN.exec(text); sign; sign = SIGN.exec(text)) {
		const { index } = sign;
		const limit = freeUntil(index);
		if (limit <= index || !startsWord(text, index, at)) continue;
		const mayEnd = (end: number): boolean => end <= limit && endsWord(text, end);
		const name = nameAt(names, text, index + 1, mayEnd);
		if (!name) {
			if (strangers.size < MOST_STRANGERS) addStranger(strangers, text, index + 1, limit);
			continue;
		}
		const tag = tagOf(name.owner, allowAll);
		if (tag === undefined) continue;
		const angles = index > at && text[index - 1] === '<' ? endOfAngles(text, name.end) : 0;
		resolved += text.slice(at, angles > 0 ? index - 1 : index) + tag;
		at = angles > 0 ? angles : name.end;
		SIGN.lastIndex = at;
	}
	return { text: resolved + text.slice(at), strangers: [...strangers] };
}

/** Whether a text may have names for `resolveNames`. */
export function mayHaveNames(text: string): boolean {
	return /[@＠﹫]/.test(text) || findMentionTags(text).some(isUnfinished);
}

/** A tag with a name in the place of its ID, or the other way round. */
function isUnfinished({ userId, name }: MentionTag): boolean {
	return mayBeName(userId) || name === userId;
}

/**
 * The text with such tags finished. The name that a reader sees decides whom it means, then the one
 * in the place of the ID; each has to be a member's whole name. For a name that nobody has, the tag
 * becomes `@Name`.
 */
function withNamedTags(
	text: string,
	names: MemberNames,
	{ members, allowAll }: NameResolution,
): string {
	const code = new CodeIn(text);
	return replaceMentionTags(text, (tag) => {
		const { userId, name, start, end } = tag;
		if (!isUnfinished(tag) || code.has(start)) return text.slice(start, end);
		if (!mayBeName(userId)) {
			const member = members.find(({ id }) => id === userId);
			return mentionTag(userId, member?.name.trim() ?? userId);
		}
		const written = userId.replace(/^@/, '');
		const owner = [name, written].map((each) => names.ownerOf(each)).find(isOne);
		return (owner && tagOf(owner, allowAll)) ?? `@${name.trim() || written}`;
	});
}

function isOne(owner: NameOwner | undefined): boolean {
	return owner !== undefined && owner !== 'several';
}

/** The name or ID that stands behind the sign. */
function nameAt(
	names: MemberNames,
	text: string,
	at: number,
	mayEnd: (end: number) => boolean,
): FoundName | undefined {
	const plain = names.idAt(text, at, mayEnd) ?? names.longestAt(text, at, mayEnd);
	if (plain) return plain;
	const opening = EMPHASIS.exec(text.slice(at, at + MOST_MARKS))?.[0] ?? text[at] ?? '';
	if (opening === '!') return text[at - 2] === '<' ? names.idAt(text, at + 1, mayEnd) : undefined;
	const closing = EMPHASIS.test(opening) ? opening : PARTNERS[opening];
	if (closing === undefined) return undefined;
	const { length } = closing;
	const from = at + length;
	const isClosed = (end: number): boolean => text.startsWith(closing, end) && mayEnd(end + length);
	const name = names.idAt(text, from, isClosed) ?? names.longestAt(text, from, isClosed);
	return name && { ...name, end: name.end + length };
}

function addStranger(strangers: Set<string>, text: string, at: number, limit: number): void {
	STRANGER.lastIndex = at;
	const word = STRANGER.exec(text)?.[1];
	if (word !== undefined && STRANGER.lastIndex <= limit) strangers.add(foldedName(word));
}

/** Where the angle brackets around a mention end; 0 where they do not. */
function endOfAngles(text: string, nameEnd: number): number {
	END_OF_ANGLES.lastIndex = nameEnd;
	return END_OF_ANGLES.test(text) ? END_OF_ANGLES.lastIndex : 0;
}

function tagOf(owner: NameOwner, allowAll: boolean): string | undefined {
	if (owner === 'several') return undefined;
	if (owner === EVERYONE) return allowAll ? mentionTag(EVERYONE, EVERYONE) : undefined;
	return mentionTag(owner.id, owner.name.trim());
}

/**
 * Tells how far the text goes on from a place without code, links and addresses; 0 within them.
 * Asked from the start of the text onwards.
 */
function freePlaces(text: string): (from: number) => number {
	const spans = codeAndLinks(text);
	let next = 0;
	return (from) => {
		while ((spans[next]?.end ?? Number.POSITIVE_INFINITY) <= from) next += 1;
		const start = spans[next]?.start ?? text.length;
		return start <= from ? 0 : start;
	};
}
