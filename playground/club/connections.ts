/** The client's end, over whichever wire. */
export interface ClientSocket {
	emit(event: string, ...args: unknown[]): unknown;
}

/** One authenticated socket. */
export class Connection {
	readonly rooms = new Set<string>();
	/** The chat that the page behind it shows; what comes there counts as read. */
	viewing: string | null = null;

	constructor(
		readonly userId: string,
		readonly socket: ClientSocket,
	) {}
}

/** One event that a client sent, as it came. */
export interface ReceivedEvent {
	readonly event: string;
	/** The first argument; undefined when there was none. */
	readonly payload: unknown;
	/** Milliseconds since 1970. */
	readonly at: number;
}

/** Who is connected, and what they ever sent. */
export class Connections {
	private readonly open = new Set<Connection>();
	private readonly ever = new Map<string, number>();
	private readonly events = new Map<string, ReceivedEvent[]>();

	add(connection: Connection): void {
		this.open.add(connection);
		this.ever.set(connection.userId, this.countEver(connection.userId) + 1);
	}

	remove(connection: Connection): void {
		this.open.delete(connection);
	}

	of(userId: string): Connection[] {
		return [...this.open].filter((connection) => connection.userId === userId);
	}

	inRoom(room: string): Connection[] {
		return [...this.open].filter((connection) => connection.rooms.has(room));
	}

	countEver(userId: string): number {
		return this.ever.get(userId) ?? 0;
	}

	record(userId: string, event: ReceivedEvent): void {
		const events = this.events.get(userId);
		if (events) events.push(event);
		else this.events.set(userId, [event]);
	}

	received(userId: string): readonly ReceivedEvent[] {
		return this.events.get(userId) ?? [];
	}

	isViewing(userId: string, key: string): boolean {
		return this.of(userId).some((connection) => connection.viewing === key);
	}
}
