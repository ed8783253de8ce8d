import { AgentClubError } from '../errors';
import { loggable } from '../logger';

/** Where a server is: its origin, and the path below which it lives ("" or "/club"). */
export interface ServerAddress {
	readonly origin: string;
	readonly basePath: string;
}

/**
 * Reads a server URL as people type it: spaces around it, a trailing slash and a sub-path are fine.
 * @throws AgentClubError SETTINGS
 */
export function parseServerAddress(text: string): ServerAddress {
	const trimmed = text.trim();
	if (!trimmed) throw wrong('The server URL is empty');
	// What stands before an @ may be a password, and errors are logged.
	const shown = trimmed.includes('@') ? 'The server URL' : `The server URL "${loggable(trimmed)}"`;
	if (!/^https?:\/\//i.test(trimmed))
		throw wrong(`${shown} does not begin with http:// or https://`);
	const url = parseUrl(trimmed);
	if (!url) throw wrong(`${shown} is not a valid address`);
	if (url.username || url.password)
		throw wrong('The server URL contains a user name or a password');
	return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, '') };
}

/**
 * The address of an endpoint ("/api/...") or of the socket ("/socket.io/") below the server's base
 * path.
 */
export function endpoint(address: ServerAddress, path: string): string {
	return address.origin + address.basePath + path;
}

/** How people see the address: as they could have typed it. */
export function displayAddress(address: ServerAddress): string {
	return address.origin + address.basePath;
}

export interface MediaAddress {
	/** Absolute and normalised, where it can be read as an address at all. */
	readonly url: string;
	/** Whether it is one of the configured server's own files; nothing else is ever fetched. */
	readonly onServer: boolean;
}

/** All that the server gives out as files lies below this path. */
const MEDIA = '/media/';

/**
 * What a front might still decode and walk up by, after a URL parser has normalised the path. The
 * server's own names for files have none of it.
 */
const WAYS_UP = /%(?:2f|5c|25)|\/\.\./i;

/**
 * The absolute address of a message's file. A server below a sub-path does not know of it and says
 * "/media/...". So the base path is put in front, unless it is there already.
 */
export function mediaAddress(address: ServerAddress, fileUrl: string): MediaAddress {
	const url = parseUrl(fileUrl, `${displayAddress(address)}/`);
	if (!url) return { url: fileUrl, onServer: false };
	// The origin of a blob: URL is that of the page which made it.
	const isHttp = url.protocol === 'http:' || url.protocol === 'https:';
	if (!isHttp || url.origin !== address.origin || url.username || url.password)
		return { url: url.href, onServer: false };
	const own = address.basePath + MEDIA;
	const isPath = fileUrl.startsWith('/');
	if (isPath && url.pathname.startsWith(MEDIA) && !url.pathname.startsWith(own))
		url.pathname = address.basePath + url.pathname;
	const isBelow = url.pathname.startsWith(own);
	return {
		url: url.href,
		onServer: isBelow && !WAYS_UP.test(url.pathname.slice(own.length - 1)),
	};
}

/**
 * The other way round: what the server itself calls one of its files ("/media/..."), whichever
 * address of it is known; undefined for anything else.
 */
export function serverFileUrl(address: ServerAddress, fileUrl: string): string | undefined {
	const media = mediaAddress(address, fileUrl);
	if (!media.onServer) return undefined;
	const { pathname, search } = new URL(media.url);
	return pathname.slice(address.basePath.length) + search;
}

function parseUrl(text: string, base?: string): URL | undefined {
	return URL.canParse(text, base) ? new URL(text, base) : undefined;
}

function wrong(message: string): AgentClubError {
	return new AgentClubError('SETTINGS', message, {
		remedy:
			'Enter the address at which you open Agent Club in the browser, for example ' +
			'https://chat.example.com or http://127.0.0.1:5555.',
	});
}
