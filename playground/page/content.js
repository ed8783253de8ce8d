import { fileAddress } from './api.js';
import { element } from './dom.js';

/**
 * What of Markdown the page shows as the server's own one does: escapes and entities, code, bold
 * words and links. Then mention tags, and addresses as people write them.
 */
const parts = new RegExp(
	[
		String.raw`\\(?<escaped>[!-/:-@[-\`{-~])`,
		String.raw`&(?<entity>amp|lt|gt|#91|#93);`,
		String.raw`\`(?<code>[^\`\n]+)\``,
		String.raw`\*\*(?<bold>(?:\\.|[^*\\\n])+)\*\*`,
		String.raw`\[(?<label>(?:\\.|[^[\]\\\n])+)\]\((?<target>https?:\/\/[^\s<>"()]+)\)`,
		String.raw`<at user_id="(?<userId>[^"]+)">(?<name>[^<]*)<\/at>`,
		String.raw`(?<address>https?:\/\/[^\s<>"]+)`,
	].join('|'),
	'g',
);

const entities = { amp: '&', lt: '<', gt: '>', '#91': '[', '#93': ']' };

/** A note that clients leave for themselves: Markdown shows no definition of a link. */
const hiddenNote = /\s*\n\[agentclub\]: # "[\w-]+"\s*$/;

/** Names are written into tags with the characters that would break them escaped. */
export function escapeName(name) {
	return name.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function unescapeName(name) {
	return name.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** The text of a message as nodes. Whatever is none of the parts stays as it was written. */
function textNodes(text, selfId) {
	const nodes = [];
	let end = 0;
	for (const match of text.matchAll(parts)) {
		nodes.push(text.slice(end, match.index), partNode(match.groups, selfId));
		end = match.index + match[0].length;
	}
	return [...nodes, text.slice(end)];
}

function partNode({ escaped, entity, code, bold, label, target, userId, name, address }, selfId) {
	if (escaped) return escaped;
	if (entity) return entities[entity];
	if (code) return element('code', {}, code);
	if (bold) return element('strong', {}, ...textNodes(bold, selfId));
	if (target) return outsideLink(target, ...textNodes(label, selfId));
	if (address) return outsideLink(address, address);
	return mention(userId, name, selfId);
}

/** Its paragraphs, quotations apart from what stands around them. */
function textBlocks(text, selfId) {
	return text
		.split(/^((?:>.*\n?)+)/m)
		.filter((block) => block.trim())
		.map((block) =>
			block.startsWith('>')
				? element(
						'blockquote',
						{ className: 'text' },
						...textNodes(block.replace(/^> ?/gm, '').trimEnd(), selfId),
					)
				: element('p', { className: 'text' }, ...textNodes(block.trim(), selfId)),
		);
}

function mention(userId, name, selfId) {
	const isSelf = userId === selfId || userId === 'all';
	return element(
		'span',
		{ className: isSelf ? 'mention mention-self' : 'mention' },
		`@${unescapeName(name)}`,
	);
}

function outsideLink(href, ...children) {
	return element('a', { href, target: '_blank', rel: 'noopener noreferrer' }, ...children);
}

function file(message, address) {
	const name = String(message.file_name || 'file');
	if (!address) return element('span', { className: 'file' }, `${name} (no usable address)`);
	if (!address.own) return element('p', { className: 'file' }, outsideLink(address.href, name));
	const download = { href: address.href, download: name };
	if (message.content_type !== 'image')
		return element('p', { className: 'file' }, element('a', download, name));
	const image = element('img', { src: address.href, alt: name, loading: 'lazy' });
	return element(
		'a',
		{ className: 'picture', href: address.href, target: '_blank', rel: 'noopener' },
		image,
	);
}

/** What a message shows, whatever types its fields have. */
export function messageBody(message, selfId) {
	const written =
		typeof message.content === 'string' ? message.content : JSON.stringify(message.content ?? '');
	const text = written.replace(hiddenNote, '');
	const shown =
		message.content_type === 'code'
			? [element('pre', { className: 'text' }, text)]
			: textBlocks(text, selfId);
	if (message.file_url) shown.push(file(message, fileAddress(message.file_url)));
	return shown;
}
