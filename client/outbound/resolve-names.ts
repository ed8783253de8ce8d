import type { Member } from '../protocol/answers';
import { EVERYONE, mentionTag } from '../protocol/mention-tags';

/**
 * Where an @ is no mention: tags that are there already, code, links, addresses. No part may go
 * over the same stretch of a text again and again: an earlier form took minutes for 200 kB without
 * a space (measured), and n8n stands still meanwhile.
 */
const UNTOUCHED =
	/<at user_id="[^"]+">[^<]*<\/at>|```[\s\S]*?(?:```|$)|`[^`\n]*`|\]\([^()\s]*\)|\b[a-z][a-z0-9+.-]{0,40}:\/\/\S+|(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]+/giu;

/** Scripts that put no space between words: there a name may be followed by a letter. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
const WORD = /[\p{L}\p{N}_]/u;

export interface NameResolution {
	/** Members of the group; the sending agent itself may be among them. */
	readonly members: readonly Member[];
	/** Whether @all becomes a mention of everybody. */
	readonly allowAll: boolean;
}

/**
 * Turns `@Name` of a member into the tag that mentions that member: the longest name first,
 * whatever its case, and only where exactly one member has it. Everything else stays as it is.
 */
export function resolveNames(text: string, { members, allowAll }: NameResolution): string {
	const names = namesOf(members, allowAll);
	let resolved = '';
	let at = 0;
	for (const { index, 0: untouched } of text.matchAll(UNTOUCHED)) {
		resolved += resolvePart(text.slice(at, index), text[at - 1], names) + untouched;
		at = index + untouched.length;
	}
	return resolved + resolvePart(text.slice(at), text[at - 1], names);
}

interface Name {
	readonly lower: string;
	/** Undefined for a name that several have: it hides shorter ones, and stays as it is. */
	readonly tag: string | undefined;
}

/** Longest first. */
function namesOf(members: readonly Member[], allowAll: boolean): Name[] {
	const byName = new Map<string, Member[]>();
	for (const member of members) {
		const lower = member.name.trim().toLowerCase();
		if (!lower) continue;
		const namesakes = byName.get(lower);
		if (namesakes) namesakes.push(member);
		else byName.set(lower, [member]);
	}
	const names = Array.from(byName, ([lower, [first, ...others]]): Name => {
		return {
			lower,
			tag: first && others.length === 0 ? mentionTag(first.id, first.name.trim()) : undefined,
		};
	});
	if (allowAll && !byName.has(EVERYONE))
		names.push({ lower: EVERYONE, tag: mentionTag(EVERYONE, EVERYONE) });
	return names.sort((a, b) => b.lower.length - a.lower.length);
}

function resolvePart(part: string, before: string | undefined, names: readonly Name[]): string {
	let resolved = '';
	let at = 0;
	for (let sign = part.indexOf('@'); sign >= 0; sign = part.indexOf('@', Math.max(at, sign + 1))) {
		// Right behind a mention another one may follow; within a word an @ is none.
		const isFree = (sign === at && sign > 0) || startsWord(sign === 0 ? before : part[sign - 1]);
		const name = isFree ? names.find(({ lower }) => stands(lower, part, sign + 1)) : undefined;
		if (name?.tag === undefined) continue;
		resolved += part.slice(at, sign) + name.tag;
		at = sign + 1 + name.lower.length;
	}
	return resolved + part.slice(at);
}

/** Whether the name stands at this place, as a whole word. */
function stands(lower: string, part: string, from: number): boolean {
	const end = from + lower.length;
	if (part.slice(from, end).toLowerCase() !== lower) return false;
	const next = part[end];
	return next === undefined || !WORD.test(next) || !isSpaced(part[end - 1]) || !isSpaced(next);
}

/** Whether a word can begin after this character. */
function startsWord(previous: string | undefined): boolean {
	return previous === undefined || !isSpaced(previous);
}

/** Whether it is a letter or digit of a script that separates its words. */
function isSpaced(char: string | undefined): boolean {
	return char !== undefined && WORD.test(char) && !UNSPACED.test(char);
}
