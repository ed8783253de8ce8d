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
	readonly url: string;
	/** Whether it lies on the configured server; nothing else is ever fetched. */
	readonly onServer: boolean;
}

/**
 * The absolute address of a message's file. A server below a sub-path does not know of it and says
 * "/media/...", so the base path is put in front of what begins with a slash, unless it is there
 * already.
 */
export function mediaAddress(address: ServerAddress, fileUrl: string): MediaAddress {
	if (fileUrl.startsWith('/') && !/^\/[/\\]/.test(fileUrl)) {
		const below = address.basePath !== '' && fileUrl.startsWith(`${address.basePath}/`);
		return {
			url: endpoint(below ? { ...address, basePath: '' } : address, fileUrl),
			onServer: true,
		};
	}
	const url = parseUrl(fileUrl, `${displayAddress(address)}/`);
	if (!url) return { url: fileUrl, onServer: false };
	// The origin of a blob: URL is that of the page which made it.
	const isHttp = url.protocol === 'http:' || url.protocol === 'https:';
	return {
		url: url.href,
		onServer: isHttp && url.origin === address.origin && !url.username && !url.password,
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
	const path = pathname.startsWith(`${address.basePath}/`)
		? pathname.slice(address.basePath.length)
		: pathname;
	return path.startsWith('/media/') ? path + search : undefined;
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
