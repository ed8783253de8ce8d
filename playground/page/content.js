import { fileAddress } from './api.js';
import { element } from './dom.js';

const tagOrLink = /<at user_id="([^"]+)">([^<]*)<\/at>|(https?:\/\/[^\s<>"]+)/g;

/** A note that clients leave for themselves: Markdown shows no definition of a link. */
const hiddenNote = /\s*\n\[agentclub\]: # "[\w-]+"\s*$/;

/** Names are written into tags with the characters that would break them escaped. */
export function escapeName(name) {
	return name.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function unescapeName(name) {
	return name.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/**
 * The text of a message as nodes: mention tags as marked names, addresses as links, everything else
 * as it was written.
 */
function textNodes(text, selfId) {
	const nodes = [];
	let end = 0;
	for (const match of text.matchAll(tagOrLink)) {
		const [whole, userId, name, link] = match;
		nodes.push(
			text.slice(end, match.index),
			link ? outsideLink(link, link) : mention(userId, name, selfId),
		);
		end = match.index + whole.length;
	}
	return [...nodes, text.slice(end)];
}

function mention(userId, name, selfId) {
	const isSelf = userId === selfId || userId === 'all';
	return element(
		'span',
		{ className: isSelf ? 'mention mention-self' : 'mention' },
		`@${unescapeName(name)}`,
	);
}

function outsideLink(href, text) {
	return element('a', { href, target: '_blank', rel: 'noopener noreferrer' }, text);
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
	const parts = [];
	if (text)
		parts.push(
			element(
				message.content_type === 'code' ? 'pre' : 'p',
				{ className: 'text' },
				...textNodes(text, selfId),
			),
		);
	if (message.file_url) parts.push(file(message, fileAddress(message.file_url)));
	return parts;
}
