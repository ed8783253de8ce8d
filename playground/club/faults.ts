import type { AnswerFaults } from './answer-faults';
import type { FrameFaults, Mangler } from './frame-faults';
import { type HttpFailure, HttpFaults } from './http-faults';
import type { ServerClock } from './server-clock';
import type { MutedDirection } from './wire';

/** The connections below the club, whichever they are made of. */
export interface FaultyWire {
	kill(userId?: string): void;
	mute(userId: string, direction: MutedDirection): EndFault;
	unmute(userId: string): void;
}

/** The places inside the club where something can go wrong. */
export interface FaultyCore {
	readonly answerFaults: AnswerFaults;
	readonly frameFaults: FrameFaults;
	readonly clock: ServerClock;
}

/** Ends the fault; ending it again does nothing. */
export type EndFault = () => void;

/** What tests can make go wrong, as verbs. A counted fault ends by itself. */
export class Faults {
	/** Whether agents' tokens are refused, for sockets and HTTP alike. */
	refusesTokens = false;
	/** Handshakes that `hangHandshake` left without an answer so far. */
	hungHandshakes = 0;
	private hangsHandshakes = false;
	readonly http = new HttpFaults();

	constructor(
		private readonly wire: FaultyWire,
		private readonly core: FaultyCore,
	) {}

	/** Destroys the user's TCP connections at once, or everybody's. */
	kill(userId?: string): void {
		this.wire.kill(userId);
	}

	/**
	 * The TCP connections stay, but no bytes pass in that direction, Engine.IO's own pings included.
	 * Later connections are not concerned.
	 */
	mute(userId: string, direction: MutedDirection = 'both'): EndFault {
		return this.wire.mute(userId, direction);
	}

	/** What was held up arrives now. */
	unmute(userId: string): void {
		this.wire.unmute(userId);
	}

	refuseTokens(on = true): EndFault {
		this.refusesTokens = on;
		return () => {
			this.refusesTokens = false;
		};
	}

	/**
	 * Handles the event at once; its answers (echo, `error`, acknowledgement) go out that many ms
	 * later.
	 */
	delay(event: string, ms: number): EndFault {
		return this.core.answerFaults.delay(event, ms);
	}

	/**
	 * The next events of that name are handled, but the sending socket gets neither frame nor
	 * acknowledgement.
	 */
	dropAnswer(event: string, count = 1): EndFault {
		return this.core.answerFaults.dropAnswer(event, count);
	}

	/** The next events of that name are lost: neither handled nor answered. */
	dropBefore(event: string, count = 1): EndFault {
		return this.core.answerFaults.dropBefore(event, count);
	}

	/** The next `new_message` frames, whoever's, go out twice. */
	duplicate(count = 1): EndFault {
		return this.core.frameFaults.duplicate(count);
	}

	/**
	 * Holds the next `new_message` frames of each user (or of one), and sends them in reverse once
	 * there are that many, or when it ends.
	 */
	reorder(count: number, userId?: string): EndFault {
		return this.core.frameFaults.reorder(count, userId);
	}

	/** Alters or drops every frame to the user's sockets; `null` drops it. */
	mangle(userId: string, mangler: Mangler): EndFault {
		return this.core.frameFaults.mangle(userId, mangler);
	}

	/**
	 * Accepts the transport, but answers nothing to the namespace's CONNECT, not even when this has
	 * ended.
	 */
	hangHandshake(on = true): EndFault {
		this.hangsHandshakes = on;
		return () => {
			this.hangsHandshakes = false;
		};
	}

	/** Asked by the server at each handshake: whether it is to hang. */
	takeHandshake(): boolean {
		if (this.hangsHandshakes) this.hungHandshakes += 1;
		return this.hangsHandshakes;
	}

	/** The next requests whose path (without the sub-path) matches fail. */
	failHttp(failure: HttpFailure, count = 1): EndFault {
		return this.http.fail(failure, count);
	}

	/** Refuses websocket upgrades, so that only polling works. */
	websocketBlocked(on = true): EndFault {
		this.http.websocketBlocked = on;
		return () => {
			this.http.websocketBlocked = false;
		};
	}

	/** Answers requests for media with a redirect there. */
	redirectMedia(url: string): EndFault {
		this.http.mediaRedirect = url;
		return () => {
			this.http.mediaRedirect = null;
		};
	}

	/** Messages from now on have the same `created_at`. */
	stopClock(): EndFault {
		return this.core.clock.stop();
	}
}
