import { AnswerFaults } from './answer-faults';
import { FrameFaults, type Mangler } from './frame-faults';
import { type HttpFailure, HttpFaults } from './http-faults';
import type { ServerClock } from './server-clock';
import type { MutedDirection, Wire } from './wire';

/** Ends the fault; ending it again does nothing. */
export type EndFault = () => void;

/** What tests can make go wrong, as verbs. A counted fault ends by itself. */
export class Faults {
	/** Whether agents' tokens are refused, for sockets and HTTP alike. */
	refusesTokens = false;
	/** Handshakes that `hangHandshake` left without an answer so far. */
	hungHandshakes = 0;
	private hangsHandshakes = false;
	readonly answers = new AnswerFaults();
	readonly frames = new FrameFaults();
	readonly http = new HttpFaults();

	constructor(
		private readonly wire: Wire,
		private readonly clock: ServerClock,
	) {}

	/** Destroys the user's TCP connections at once, or everybody's. */
	kill(userId?: string): void {
		this.wire.kill(userId);
	}

	/** The TCP connections stay, but no bytes pass in that direction, Engine.IO's own pings included. Later connections are not concerned. */
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

	/** Handles the event at once; its answers (echo, `error`, acknowledgement) go out that many ms later. */
	delay(event: string, ms: number): EndFault {
		return this.answers.delay(event, ms);
	}

	/** The next events of that name are handled, but the sending socket gets neither frame nor acknowledgement. */
	dropAnswer(event: string, count = 1): EndFault {
		return this.answers.dropAnswer(event, count);
	}

	/** The next events of that name are lost: neither handled nor answered. */
	dropBefore(event: string, count = 1): EndFault {
		return this.answers.dropBefore(event, count);
	}

	/** The next `new_message` frames, whoever's, go out twice. */
	duplicate(count = 1): EndFault {
		return this.frames.duplicate(count);
	}

	/** Holds the next `new_message` frames of each user (or of one), and sends them in reverse once there are that many, or when it ends. */
	reorder(count: number, userId?: string): EndFault {
		return this.frames.reorder(count, userId);
	}

	/** Alters or drops every frame to the user's sockets; `null` drops it. */
	mangle(userId: string, mangler: Mangler): EndFault {
		return this.frames.mangle(userId, mangler);
	}

	/** Accepts the transport, but answers nothing to the namespace's CONNECT, not even when this has ended. */
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
		return this.clock.stop();
	}
}
