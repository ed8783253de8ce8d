import { base } from './api.js';
import { byId } from './dom.js';
import { io } from './socket.io.js';

/**
 * The page's socket: its cookie says whose it is.
 * @param {Record<string, (payload: any) => void>} handlers by event of the server
 */
export function connect(handlers) {
	const socket = io({ path: `${base}/socket.io/` });
	let beat;
	socket.on('auth_ok', ({ heartbeat_interval: seconds }) => {
		clearInterval(beat);
		// Without a payload: the server's handler takes none, and would fail.
		beat = setInterval(
			() => socket.connected && socket.emit('heartbeat'),
			Math.max(1, seconds) * 1000,
		);
	});
	socket.on('connect', () => say(''));
	socket.on('disconnect', () => say('Connecting again…'));
	// The club forgets its sessions with its process; the socket would never try again by itself.
	socket.on('connect_error', () => (socket.active ? say('Connecting again…') : location.reload()));
	for (const [event, handler] of Object.entries(handlers)) socket.on(event, handler);
	return socket;
}

function say(text) {
	byId('connection').textContent = text;
}
