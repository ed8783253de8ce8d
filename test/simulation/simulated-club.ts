import type { Clock } from '../../client/clock';
import type { SocketOpener } from '../../client/connection/attempt';
import type { ClientEvent } from '../../client/connection/wire';
import type { HttpClient } from '../../client/http/http-client';
import type { Generation } from '../../playground/club/club';
import { ClubCore } from '../../playground/club/club-core';
import type { Connection } from '../../playground/club/connections';
import { Faults, type FaultyWire } from '../../playground/club/faults';
import type { MutedDirection } from '../../playground/club/wire';
import { Link, type LinkServer } from './link';
import { simulatedHttp } from './simulated-http';
import type { Random } from './random';

/** Told about every mark, and about every frame that reaches a client. */
export interface ClubWatcher {
	/** Marks of these ids are about to be handled. */
	marking(ids: readonly unknown[]): void;
	/** A user's cursor of a chat moved; seconds. */
	advanced(chatKey: string, from: number, to: number, userId: string): void;
}

/** The playground's own club behind simulated wires, in simulated time. */
export class SimulatedClub implements LinkServer, FaultyWire {
	readonly core: ClubCore;
	readonly faults: Faults;
	private readonly links = new Map<Link, Connection | undefined>();
	private down = false;

	constructor(
		private readonly clock: Clock,
		private readonly random: Random,
		generation: Generation,
		private readonly watcher: ClubWatcher,
	) {
		let ids = 0;
		this.core = new ClubCore({
			generation,
			heartbeatInterval: 30,
			time: {
				now: () => clock.wallTime() / 1000,
				after: (ms, callback) => void clock.after(ms, callback),
			},
			newHex: () => String((ids += 1)).padStart(32, '0'),
		});
		this.faults = new Faults(this, this.core);
		this.watchCursors();
	}

	/** How a process opens sockets; what is still open is abandoned with it. */
	openerFor(clock: Clock, opened: (link: Link) => void): SocketOpener {
		return (credentials, _transports, _clock, handlers) => {
			const link = new Link(credentials.token, clock, this.clock, handlers, this, {
				latency: () => this.latency(),
			});
			opened(link);
			return link;
		};
	}

	httpFor(token: string, clock: Clock): HttpClient {
		return simulatedHttp({
			core: this.core,
			faults: this.faults,
			isDown: () => this.down,
			clock,
			token,
			latency: () => this.latency(),
		});
	}

	accept(link: Link): void {
		if (this.down) {
			link.unreachable();
			return;
		}
		if (this.faults.takeHandshake()) {
			this.links.set(link, undefined);
			return;
		}
		const user = this.faults.refusesTokens ? undefined : this.core.store.userByToken(link.token);
		if (!user) {
			link.turnDown('Connection rejected by server');
			return;
		}
		link.owner = user.id;
		this.links.set(link, undefined);
		this.links.set(link, this.core.handshake.welcome(user, link));
		link.greeted();
	}

	handle(link: Link, event: ClientEvent, args: readonly unknown[]): void {
		const connection = this.links.get(link);
		if (!connection) return;
		const [payload] = args as [{ message_ids?: readonly unknown[] } | undefined];
		if (event === 'mark_read') this.watcher.marking(payload?.message_ids ?? []);
		this.core.events.handle(connection, event, args);
	}

	gone(link: Link): void {
		const connection = this.links.get(link);
		this.links.delete(link);
		if (connection) this.core.handshake.leave(connection);
	}

	kill(userId?: string): void {
		for (const link of this.linksOf(userId)) link.cut(this.random.chance(0.5));
	}

	mute(userId: string, direction: MutedDirection): () => void {
		const muted = this.linksOf(userId);
		for (const link of muted) link.mute(direction !== 'toServer', direction !== 'toClient');
		return () => {
			for (const link of muted) link.unmute();
		};
	}

	unmute(userId: string): void {
		for (const link of this.linksOf(userId)) link.unmute();
	}

	stop(): void {
		this.down = true;
		this.kill();
	}

	startAgain(): void {
		this.down = false;
	}

	private linksOf(userId: string | undefined): Link[] {
		return Array.from(this.links.keys()).filter(
			(link) => userId === undefined || link.owner === userId,
		);
	}

	private latency(): number {
		return this.random.between(0.1, 40);
	}

	private watchCursors(): void {
		const { cursors } = this.core;
		const advance = cursors.advance.bind(cursors);
		cursors.advance = (userId, key, to) => {
			const from = cursors.get(userId, key) ?? 0;
			advance(userId, key, to);
			if (to > from) this.watcher.advanced(key, from, to, userId);
		};
	}
}
