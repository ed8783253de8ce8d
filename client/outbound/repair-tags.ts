import { EVERYONE } from '../protocol/mention-tags';
import { CodeIn } from './code-in';

/** A tag whose name has a "<" in it, as a model writes it for somebody called so. */
const BROKEN = /(<at user_id="[^"]+">)((?:(?!<at user_id=|<\/at>)[^\n]){0,256})(?=<\/at>)/g;

const ID = String.raw`all|u_[\w-]{1,64}|[0-9a-f-]{16,64}`;
/** The attribute with the ID, as models write it who are not exact with names and quotes. */
const ID_ATTRIBUTE = new RegExp(
	String.raw`(?:^|\s)(?:user[_-]?id|id|user)\s{0,3}=\s{0,3}(?:\\?["'“”„])?[@#]?(${ID})(?:\\?["'“”])?(?=[\s/]|$)`,
	'i',
);
/** The same with a name in the place of the ID. */
const NAME_ATTRIBUTE =
	/(?:^|\s)(?:user[_-]?id|id|user)\s{0,3}=\s{0,3}(?:'([^'"<>]{1,256})'|"([^"<>]{1,256})")/i;
/** A tag, perhaps without a name. One without an end has the words before the next comma. */
const INEXACT = new RegExp(
	String.raw`<\s{0,3}at\s{1,3}([^<>\n]{1,400}?)(?:\/>|>(?:([^<\n]{0,256})<\/\s{0,3}at\s{0,3}>` +
		String.raw`|((?:[\p{L}\p{N}'’-]{1,32} ?){1,3})(?=[,:;.!?\n]|$))?)`,
	'giu',
);
/** One that was escaped as for a page. */
const ESCAPED =
	/&lt;at user_id=(?:"|&quot;|&#34;)([^"&<>\n]{1,256})(?:"|&quot;|&#34;)&gt;([^<\n]{0,256}?)&lt;\/at&gt;/g;
/** A link with an ID in the place of an address. */
const LINK = /\[@([^[\]\n]{1,256})\]\([@#]?(u_[\w-]{1,64})\)/g;

/** A form in which models write tags, and the exact tag for it; undefined where it is none. */
type Shape = readonly [RegExp, (groups: readonly string[]) => string | undefined];

const SHAPES: readonly Shape[] = [
	[ESCAPED, ([, id = '', name]) => tag(id, name)],
	[LINK, ([, name, id = '']) => tag(id, name)],
	[
		BROKEN,
		([, opening = '', name = '']) => opening + name.replace(/</g, '&lt;').replace(/>/g, '&gt;'),
	],
	[INEXACT, ([, attributes = '', name, words]) => exactTag(attributes, name || words)],
];

/**
 * The text with its tags put right: those of nearly the right form, and names that would have ended
 * their tag. A tag without a name gets its ID for one. What stands in code stays.
 */
export function repairTags(text: string): string {
	return SHAPES.reduce(repaired, text);
}

function repaired(text: string, [form, exact]: Shape): string {
	const code = new CodeIn(text);
	let result = '';
	let at = 0;
	for (const match of text.matchAll(form)) {
		const instead = code.has(match.index) ? undefined : exact(match);
		if (instead === undefined) continue;
		result += text.slice(at, match.index) + instead;
		at = match.index + match[0].length;
	}
	return result + text.slice(at);
}

function exactTag(attributes: string, name?: string): string | undefined {
	const [, id] = ID_ATTRIBUTE.exec(attributes) ?? [];
	if (id !== undefined) return tag(id.toLowerCase() === EVERYONE ? EVERYONE : id, name);
	const [, single, double] = NAME_ATTRIBUTE.exec(attributes) ?? [];
	const other = single ?? double;
	return other === undefined ? undefined : tag(other, name);
}

/** The name stays as it is written. */
function tag(id: string, name = id): string {
	return `<at user_id="${id}">${name}</at>`;
}
