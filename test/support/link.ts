import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../../client/clock';
import { FrameEditor, type EditFrame } from './websocket-frames';
import { Pipe } from './pipe';

export type Direction = 'toServer' | 'toClient';

/** How a TCP connection ends: without a word (RST), or properly (FIN). */
export type Ending = 'reset' | 'end';

export type EndFault = () => void;

interface Cut {
	readonly direction: Direction;
	readonly unit: 'bytes' | 'writes';
	readonly at: number;
	readonly how: Ending;
}

/** One TCP connection of the client with the one to the server that belongs to it. */
interface Wire {
	readonly client: Socket;
	readonly server: Socket;
	readonly pipes: Readonly<Record<Direction, Pipe>>;
}

/**
 * The network between client and server. It passes bytes on and knows nothing of HTTP. Whatever can
 * happen to a link is a verb here. What a verb says of "the connections" holds for those that are
 * open; later ones are sound again.
 */
export class Link {
	/** What was let through since the start, over all connections. */
	readonly carried = { toServer: { bytes: 0, writes: 0 }, toClient: { bytes: 0, writes: 0 } };
	/** Connections that clients ever opened. */
	opened = 0;
	private readonly wires = new Set<Wire>();
	private readonly sockets = new Set<Socket>();
	private cut: Cut | undefined;
	private edit: EditFrame | undefined;
	private refusing = false;
	private silentFromBirth: Direction | 'both' | undefined;
	private pace:
		| { readonly direction: Direction; readonly latency: number; readonly bytesPerSecond: number }
		| undefined;
	private idleCut: number | undefined;

	private constructor(
		private readonly listener: Server,
		private readonly target: URL,
		private readonly clock: () => Clock,
	) {
		listener.on('connection', (client) => {
			this.accept(client);
		});
	}

	/** @param url of the server behind it; its path is kept */
	static async start(url: string, clock: () => Clock): Promise<Link> {
		const listener = createServer({ allowHalfOpen: true, noDelay: true });
		const link = new Link(listener, new URL(url), clock);
		listener.listen(0, '127.0.0.1');
		await once(listener, 'listening');
		return link;
	}

	get url(): string {
		const { port } = this.listener.address() as AddressInfo;
		return `http://127.0.0.1:${port}${this.target.pathname}`;
	}

	/** Connections that are open. */
	get open(): number {
		return this.wires.size;
	}

	/** Resolves when a connection is open. */
	async becomesOpen(): Promise<void> {
		while (this.open === 0) await once(this.listener, 'connection');
	}

	/**
	 * Breaks every connection once so many bytes (or writes of the sender) have passed in that
	 * direction, counted from the link's start. Once.
	 */
	cutAfter(
		direction: Direction,
		at: number,
		{ unit = 'bytes', how = 'reset' }: { unit?: 'bytes' | 'writes'; how?: Ending } = {},
	): void {
		this.cut = { direction, unit, at, how };
	}

	/** Breaks every connection now. */
	break(how: Ending = 'reset'): void {
		for (const wire of [...this.wires]) this.end(wire, how);
	}

	/**
	 * No byte passes any more in that direction, and nobody is told. Held bytes pass, late, when the
	 * returned function is called; swallowed ones are gone.
	 */
	silence(direction: Direction | 'both', fate: 'hold' | 'swallow' = 'hold'): EndFault {
		const pipes = [...this.wires].flatMap((wire) => pipesOf(wire, direction));
		for (const pipe of pipes) pipe.silence(fate);
		return () => {
			for (const pipe of pipes) pipe.resume();
		};
	}

	/** New connections are made, and then no byte passes in that direction, ever. */
	silenceNew(direction: Direction | 'both'): EndFault {
		this.silentFromBirth = direction;
		return () => {
			this.silentFromBirth = undefined;
		};
	}

	/**
	 * Half-open: one side is told that the connection is over, the other one never hears of it, and
	 * speaks to nobody.
	 */
	forget(side: 'client' | 'server', how: Ending = 'reset'): void {
		for (const wire of this.wires) {
			wire.pipes.toServer.silence('swallow');
			wire.pipes.toClient.silence('swallow');
			finish(side === 'client' ? wire.client : wire.server, how);
		}
	}

	/** New connections are reset as soon as they are made. */
	refuse(): EndFault {
		this.refusing = true;
		return () => {
			this.refusing = false;
		};
	}

	/**
	 * New connections are slow in that direction.
	 * @param latency ms; both are on the clock of the test
	 */
	slow(
		direction: Direction,
		{
			latency = 0,
			bytesPerSecond = Number.POSITIVE_INFINITY,
		}: { latency?: number; bytesPerSecond?: number },
	): EndFault {
		this.pace = { direction, latency, bytesPerSecond };
		return () => {
			this.pace = undefined;
		};
	}

	/**
	 * As many proxies do: new connections are broken that carry nothing for so long (ms on the clock
	 * of the test).
	 */
	cutIdle(ms: number): void {
		this.idleCut = ms;
	}

	/**
	 * Passes every text frame of the server's websockets through `edit`, which answers what goes on
	 * in its place; on new connections.
	 */
	editFrames(edit: EditFrame): EndFault {
		this.edit = edit;
		return () => {
			this.edit = (frame) => [frame];
		};
	}

	/** Says this to the client in the server's place, on every open websocket. */
	inject(frame: string): void {
		for (const { pipes, client } of this.wires)
			if (pipes.toClient.editor?.isOpen) client.write(FrameEditor.encode(frame));
	}

	async stop(): Promise<void> {
		for (const socket of this.sockets) socket.destroy();
		this.listener.close();
		await once(this.listener, 'close');
	}

	private accept(client: Socket): void {
		this.opened += 1;
		this.watch(client);
		if (this.refusing) client.resetAndDestroy();
		else this.join(client);
	}

	private join(client: Socket): void {
		const server = connect({
			port: Number(this.target.port),
			host: this.target.hostname,
			allowHalfOpen: true,
			noDelay: true,
		});
		this.watch(server);
		const wire = {
			client,
			server,
			pipes: {
				toServer: this.pipe('toServer', client, server),
				toClient: this.pipe('toClient', server, client),
			},
		};
		this.wires.add(wire);
		if (this.silentFromBirth)
			for (const pipe of pipesOf(wire, this.silentFromBirth)) pipe.silence('swallow');
		if (this.edit)
			wire.pipes.toClient.editor = new FrameEditor((frame) => this.edit?.(frame) ?? [frame]);
		if (this.idleCut !== undefined) this.watchIdle(wire, this.idleCut);
		for (const socket of [client, server]) socket.on('close', () => this.wires.delete(wire));
		if (this.cut?.at === 0) this.cutNow();
	}

	private watch(socket: Socket): void {
		this.sockets.add(socket);
		socket.on('error', () => socket.destroy()).on('close', () => this.sockets.delete(socket));
	}

	private pipe(direction: Direction, from: Socket, to: Socket): Pipe {
		const pace =
			this.pace?.direction === direction
				? this.pace
				: { latency: 0, bytesPerSecond: Number.POSITIVE_INFINITY };
		return new Pipe(from, to, {
			clock: this.clock(),
			...pace,
			allowance: () => this.allowance(direction),
			passed: (bytes) => {
				this.passed(direction, bytes);
			},
		});
	}

	/** Bytes that may still pass before the cut. */
	private allowance(direction: Direction): number {
		const { cut } = this;
		return cut?.direction === direction && cut.unit === 'bytes'
			? cut.at - this.carried[direction].bytes
			: Number.POSITIVE_INFINITY;
	}

	private passed(direction: Direction, bytes: number): void {
		const count = this.carried[direction];
		count.bytes += bytes;
		count.writes += 1;
		if (this.cut?.direction === direction && count[this.cut.unit] >= this.cut.at) this.cutNow();
	}

	private cutNow(): void {
		const how = this.cut?.how ?? 'reset';
		this.cut = undefined;
		this.break(how);
	}

	private end(wire: Wire, how: Ending): void {
		this.wires.delete(wire);
		for (const pipe of Object.values(wire.pipes)) pipe.silence('swallow');
		finish(wire.client, how);
		finish(wire.server, how);
	}

	private watchIdle(wire: Wire, ms: number): void {
		const before = { ...this.carriedBy(wire) };
		this.clock().after(
			ms,
			() => {
				if (!this.wires.has(wire)) return;
				const { bytes } = this.carriedBy(wire);
				if (bytes === before.bytes) this.end(wire, 'end');
				else this.watchIdle(wire, ms);
			},
			{ background: true },
		);
	}

	private carriedBy({ pipes }: Wire): { readonly bytes: number } {
		return { bytes: pipes.toServer.bytes + pipes.toClient.bytes };
	}
}

function pipesOf(
	{ pipes: { toServer, toClient } }: Wire,
	direction: Direction | 'both',
): readonly Pipe[] {
	return direction === 'both'
		? [toServer, toClient]
		: [direction === 'toServer' ? toServer : toClient];
}

function finish(socket: Socket, how: Ending): void {
	// Node.js keeps the handle of a socket for ever if it is reset while it is shutting down.
	if (how === 'reset' && !socket.connecting && !socket.writableEnded) socket.resetAndDestroy();
	else if (how === 'reset') socket.destroy();
	// Whoever is told does not have to agree: an end that is not answered would keep the connection
	// for ever.
	else socket.end(() => socket.destroy());
}
