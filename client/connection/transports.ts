import type { Agent } from 'node:http';
import { NodeWebSocket, NodeXHR } from 'engine.io-client';
import { pollAnswer, PollRefused } from './poll-request';

/*
 * The library's two transports, with three things that it does not do:
 *
 * A server gone wrong, or one of another kind at this address, sends frames over which the
 * library's own code throws where nobody catches it, so that one frame would end the whole process
 * (measured: "0null", a refusal without a text, 200,000 arguments). Here it ends the connection.
 *
 * A chat message takes a short way (see `FastLane`): what lies between the websocket and its
 * listener takes as long as all that the client does with it.
 *
 * Polling makes its requests itself, see poll-request.ts.
 */

export type Transport = 'websocket' | 'polling';

/** Takes the text of a frame past the library; answers whether it has. */
export type FastLane = (frame: string) => boolean;

/** What the library's engine gives a transport, as far as it is needed here; `fastLane` is ours. */
interface Given {
	readonly fastLane: FastLane;
	readonly perMessageDeflate?: unknown;
	readonly agent?: Agent;
	readonly rejectUnauthorized: boolean;
	/** Bytes of a frame, or of an answer. */
	readonly maxPayload: number;
	readonly socket: { readonly transport?: unknown; readonly readyState: string };
}

/** What is used of the websocket library's socket. */
interface Wire {
	onmessage: null;
	on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): void;
}

export class CarefulWebSocket extends NodeWebSocket {
	/** As the library's own, but that a frame's text is read without an event object around it. */
	override doOpen(): this {
		super.doOpen();
		const wire = this.ws as Wire | undefined;
		if (wire) {
			wire.onmessage = null;
			wire.on('message', (data, isBinary) => {
				this.onData(isBinary ? data : data.toString());
			});
		}
		return this;
	}

	protected override onOpen(): void {
		// All that it still needs.
		const { perMessageDeflate, fastLane, socket } = this.opts as unknown as Given;
		this.opts = { perMessageDeflate, fastLane, socket } as unknown as typeof this.opts;
		super.onOpen();
	}

	protected override onData(data: unknown): void {
		const { fastLane, socket } = this.opts as unknown as Given;
		try {
			// What an engine that has left this transport still gets from it is dropped by the library.
			if (
				typeof data === 'string' &&
				socket.transport === this &&
				socket.readyState === 'open' &&
				fastLane(data)
			)
				return;
			super.onData(data);
		} catch (error) {
			this.onError('unreadable frame', error);
		}
	}
}

export class CarefulPolling extends NodeXHR {
	private isCut = false;

	/**
	 * From here on nothing is asked for: the library would go on with its queue and its goodbye, each
	 * by a new connection (measured).
	 */
	cut(): void {
		this.isCut = true;
	}

	override doPoll(): void {
		void this.ask('xhr poll error', undefined, (answer) => {
			this.onData(answer);
		});
	}

	override doWrite(data: string, written: () => void): void {
		void this.ask('xhr post error', data, written);
	}

	/** @param failure what the library calls it when there is no answer */
	private async ask(
		failure: string,
		body: string | undefined,
		answered: (text: string) => void,
	): Promise<void> {
		if (this.isCut) return;
		const { agent, rejectUnauthorized, maxPayload } = this.opts as unknown as Given;
		const request = {
			url: this.uri(),
			agent,
			rejectUnauthorized,
			...(body !== undefined && { body }),
		};
		let answer: string;
		try {
			answer = await pollAnswer(request, maxPayload);
		} catch (error) {
			this.onError(failure, error instanceof PollRefused ? error.status : error);
			return;
		}
		answered(answer);
	}

	override onData(data: unknown): void {
		if (typeof data === 'string' && data.trimStart().startsWith('<')) {
			this.onError(
				'a web page was sent in the place of Agent Club',
				'is the server URL right, and does the network ask for a login?',
			);
			return;
		}
		try {
			if (typeof data === 'string' && hasTooManyPackets(data))
				throw new Error(`more than ${MOST_PACKETS} packets in an answer`);
			super.onData(data);
		} catch (error) {
			this.onError('unreadable frame', error);
		}
	}
}

/**
 * In one answer of polling; the library makes an object of each before it looks at the first, and
 * 512 MB of the shortest ones end the process.
 */
const MOST_PACKETS = 1_000_000;
const PACKET_SEPARATOR = '\u001e';

function hasTooManyPackets(payload: string): boolean {
	let packets = 1;
	let at = payload.indexOf(PACKET_SEPARATOR);
	while (at !== -1 && packets <= MOST_PACKETS) {
		packets += 1;
		at = payload.indexOf(PACKET_SEPARATOR, at + 1);
	}
	return packets > MOST_PACKETS;
}

/**
 * A chat message to an agent, as the servers write it: engine.io's "message", socket.io's "event"
 * of the main namespace without a question for an answer.
 */
const NEW_MESSAGE = '42["new_message",';

/**
 * Chat messages go to `take` at once. Everything else goes through the library, which hands it on a
 * moment later; until then messages take that way too, so that all that the server says is heard in
 * its order.
 */
export function messageLane(
	isConnected: () => boolean,
	take: (payload: unknown) => void,
): FastLane {
	let isLibraryAhead = false;
	return (frame) => {
		if (!isLibraryAhead && isConnected() && frame.startsWith(NEW_MESSAGE)) {
			const packet = parseEvent(frame);
			if (packet) {
				take(packet[1]);
				return true;
			}
		}
		if (!isLibraryAhead) {
			isLibraryAhead = true;
			// The library's own step is not queued yet: only the second of these comes behind it.
			queueMicrotask(() => {
				queueMicrotask(() => {
					isLibraryAhead = false;
				});
			});
		}
		return false;
	};
}

/** Undefined for what is no event with one argument: the library says so better. */
function parseEvent(frame: string): readonly unknown[] | undefined {
	try {
		const packet: unknown = JSON.parse(frame.slice(2));
		return Array.isArray(packet) && packet.length === 2 ? packet : undefined;
	} catch {
		return undefined;
	}
}
