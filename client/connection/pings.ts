import type { Clock, Timer } from '../clock';

/** What is needed of the library's engine, which keeps it to itself. */
export interface PingedEngine {
	readonly readyState: string;
	_resetPingTimeout(): void;
	_sendPacket(type: 'pong'): void;
}

/** ms between two looks. Servers ping after 25 s, and both sides give up 20 s later. */
const LOOK_EVERY = 15_000;
/** Each answer makes the server ping once more, so it comes only at every second look. */
const ANSWER_AT = 2;

/**
 * A batch that takes longer than 45 s on its way delays the server's ping. The library and the
 * server then give up, and every further attempt ends the same way (`test/faults/between.test.ts`,
 * "a slow link with a big backlog"). So as long as bytes arrive, this prolongs the time for the
 * ping and answers it before it has come. Ends with the returned timer.
 */
export function outlastPings(
	clock: Clock,
	engine: () => PingedEngine | undefined,
	bytesRead: () => number,
): Timer {
	let bytes = 0;
	let looks = 0;
	const timer = clock.after(
		LOOK_EVERY,
		() => {
			looks += 1;
			const open = engine();
			const seen = bytesRead();
			if (open?.readyState === 'open' && seen > bytes) {
				open._resetPingTimeout();
				if (looks % ANSWER_AT === 0) open._sendPacket('pong');
			}
			bytes = seen;
			timer.restart();
		},
		{ background: true },
	);
	return timer;
}
