import type { Agent } from 'node:http';
import { NodeWebSocket, NodeXHR } from 'engine.io-client';
import { pollAnswer } from './poll-request';

/*
 * The library's two transports, with two things that it does not do:
 *
 * A broken server, or another kind of server at this address, may send frames such as "0null". The
 * library's own code throws on them where nothing catches it, so one frame would end the whole
 * process. Here it ends the connection (`test/faults/hostile-server.test.ts`).
 *
 * Polling makes its requests itself, see poll-request.ts.
 */

export type Transport = 'websocket' | 'polling';

/**
 * What the library's engine gives the polling transport, as far as it is needed here. Its types
 * leave out `maxPayload`, which the handshake sets.
 */
interface Given {
	readonly agent?: Agent;
	readonly rejectUnauthorized: boolean;
	/** Bytes of an answer. */
	readonly maxPayload: number;
}

export class CarefulWebSocket extends NodeWebSocket {
	protected override onData(data: unknown): void {
		try {
			if (typeof data === 'string') assertFewValues(data);
			super.onData(data);
		} catch (error) {
			this.onError('unreadable frame', error);
		}
	}
}

export class CarefulPolling extends NodeXHR {
	private isCut = false;

	/**
	 * From here on no request is made. The library would still send its queue and its goodbye, each
	 * over a new connection (`test/faults/silent-link.test.ts`, "nothing more is tried").
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
			this.onError(failure, error);
			return;
		}
		answered(answer);
	}

	override onData(data: unknown): void {
		if (typeof data === 'string' && data.trimStart().startsWith('<')) {
			this.onError(
				'a web page came instead of an answer of Agent Club',
				'is the server URL right, and does the network ask for a login?',
			);
			return;
		}
		try {
			if (typeof data === 'string') {
				if (hasMoreThan(MOST_PACKETS, PACKET_SEPARATOR, data))
					throw new Error(`more than ${MOST_PACKETS} packets in an answer`);
				assertFewValues(data);
			}
			super.onData(data);
		} catch (error) {
			this.onError('unreadable frame', error);
		}
	}
}

/**
 * In one answer of polling. The library makes an object of each before it looks at the first, and
 * 512 MB of the shortest ones end the process.
 */
const MOST_PACKETS = 1_000_000;
const PACKET_SEPARATOR = '\u001e';

/**
 * Values in one frame or answer, told by their commas. Parsed ones take up to 25 times the memory
 * of their text, and 512 MB of the shortest ones end the process. The largest batch that can be
 * read, of 800,000 messages, has 12 million.
 */
const MOST_VALUES = 20_000_000;

function assertFewValues(text: string): void {
	if (hasMoreThan(MOST_VALUES, ',', text)) throw new Error(`more than ${MOST_VALUES} values`);
}

function hasMoreThan(most: number, sign: string, text: string): boolean {
	let count = 0;
	for (let at = text.indexOf(sign); at !== -1 && count <= most; at = text.indexOf(sign, at + 1))
		count += 1;
	return count > most;
}
