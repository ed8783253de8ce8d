import { AnswerFaults } from './answer-faults';
import { ChatChanges } from './chat-changes';
import type { Generation } from './club';
import { Connections } from './connections';
import { FrameFaults } from './frame-faults';
import { generations, type Traits } from './generations';
import { Handshake } from './handshake';
import { Messaging } from './messaging';
import { ObservedEvents } from './observed-events';
import { Outgoing } from './outgoing';
import { ReadCursors } from './read-cursors';
import { realTime, ServerClock, type ServerTime } from './server-clock';
import { SocketEvents } from './socket-events';
import { randomHex, Store } from './store';
import { Uploads } from './uploads';

export interface CoreOptions {
	/** G3 unless told. */
	readonly generation?: Generation;
	/** Seconds, told to the clients; 30 unless told. */
	readonly heartbeatInterval?: number;
	/** Real unless told. */
	readonly time?: ServerTime;
	/** Makes what follows an id's prefix; at random unless told. */
	readonly newHex?: () => string;
}

/** The club without its wires: what it knows, and what it does when a client says something. */
export class ClubCore {
	readonly generation: Generation;
	readonly traits: Traits;
	readonly clock: ServerClock;
	readonly observed = new ObservedEvents();
	readonly connections = new Connections();
	readonly answerFaults = new AnswerFaults();
	readonly frameFaults = new FrameFaults();
	readonly store: Store;
	readonly cursors: ReadCursors;
	readonly uploads: Uploads;
	readonly outgoing: Outgoing;
	readonly messaging: Messaging;
	readonly changes: ChatChanges;
	readonly events: SocketEvents;
	readonly handshake: Handshake;

	constructor({
		generation = 'G3',
		heartbeatInterval = 30,
		time = realTime,
		newHex = randomHex,
	}: CoreOptions) {
		this.generation = generation;
		this.traits = generations[generation];
		this.clock = new ServerClock(time);
		this.store = new Store(this.traits, this.clock, newHex);
		this.cursors = new ReadCursors(this.store);
		this.uploads = new Uploads(this.traits.texts);
		this.outgoing = new Outgoing(this.frameFaults, time);
		const { traits, clock, store, cursors, connections, outgoing, answerFaults, observed } = this;
		this.messaging = new Messaging(traits, store, cursors, connections, outgoing, observed);
		this.changes = new ChatChanges(traits, store, cursors, connections, outgoing);
		this.events = new SocketEvents(
			traits,
			clock,
			store,
			cursors,
			connections,
			this.messaging,
			outgoing,
			answerFaults,
			observed,
		);
		const intervals = { heartbeat: heartbeatInterval, presencePoll: 30 };
		this.handshake = new Handshake(
			traits,
			intervals,
			store,
			cursors,
			connections,
			outgoing,
			observed,
		);
	}
}
