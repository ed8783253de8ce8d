import { lookup } from 'node:dns/promises';
import type { Socket } from 'node:net';
import { SocksClient, type SocksProxy } from 'socks';
import { withoutBrackets } from '../connection/proxy';

/** ms that a proxy may take to open a way to the server, whatever kind of proxy it is. */
export const PROXY_TIMEOUT = 15_000;

/**
 * Opens connections to a server through a SOCKS proxy.
 * @param proxyUrl socks5h:// (or socks://) and socks4a:// leave the server's name to the proxy.
 * socks5:// and socks4:// look it up here. `socks-proxy-agent` does the same for the websocket
 * @returns a function that opens one; it rejects with the network's own error
 */
export function socksWay(proxyUrl: string): (host: string, port: number) => Promise<Socket> {
	const { hostname, port, protocol, username, password } = new URL(proxyUrl);
	const looksUpNames = protocol === 'socks4:' || protocol === 'socks5:';
	const proxy: SocksProxy = {
		host: withoutBrackets(hostname),
		port: Number(port || 1080),
		type: protocol.startsWith('socks4') ? 4 : 5,
		...(username && {
			userId: decodeURIComponent(username),
			password: decodeURIComponent(password),
		}),
	};
	return async (serverHost, serverPort) => {
		const name = withoutBrackets(serverHost);
		const { socket } = await SocksClient.createConnection({
			proxy,
			destination: {
				host: looksUpNames ? (await lookup(name)).address : name,
				port: serverPort,
			},
			command: 'connect',
			timeout: PROXY_TIMEOUT,
		});
		return socket;
	};
}
