import type { HostWorld } from './host-process';

export type Troubles = 'none' | 'some' | 'many';

/** A chat as `send_message` names it. */
export function chatOf(chat: { readonly type: string; readonly id: string }): {
	chat_type: string;
	chat_id: string;
} {
	return { chat_type: chat.type, chat_id: chat.id };
}

/** ms that a frame may come late without a mark swallowing it: a little less than a mark waits. */
const LATEST_FRAME = 1700;

/** Every fault that the club knows, at random; each ends by itself after a while. */
export class Weather {
	count = 0;
	private readonly ends = new Set<() => void>();
	private lockedUntil = 0;

	constructor(
		private readonly world: HostWorld,
		private readonly agentId: string,
		private readonly chats: () => ReadonlyArray<{ type: string; id: string }>,
	) {}

	strike(): void {
		const { random, oracle } = this.world;
		const kind = random.weighted(KINDS);
		this.count += 1;
		oracle.note(`fault: ${kind}`);
		this.faults[kind]();
	}

	/** Everything works again. */
	clear(): void {
		for (const end of this.ends) end();
		this.ends.clear();
	}

	private readonly faults: Readonly<Record<Kind, () => void>> = {
		kill: () => {
			this.world.club.kill(this.agentId);
		},
		mute: () => {
			const { club, random } = this.world;
			this.lasting(
				club.mute(this.agentId, random.pick(['toClient', 'toServer', 'both'] as const)),
				100,
				120_000,
			);
		},
		restart: () => {
			const { club } = this.world;
			club.stop();
			this.lasting(
				() => {
					club.startAgain();
				},
				10,
				60_000,
			);
		},
		refuse: () => {
			this.locked(() => {
				this.lasting(this.world.club.faults.refuseTokens(), 10, 60_000);
			}, 60_000);
		},
		newToken: () => {
			this.locked(() => {
				const { store, connections } = this.world.club.core;
				// Beside a connection that has never come about nobody knows that it is the same agent's.
				if (connections.of(this.agentId).length === 0) return;
				const token = store.newToken();
				store.user(this.agentId).token = token;
				this.lasting(
					() => {
						this.world.token = store.user(this.agentId).token ?? token;
					},
					0,
					30_000,
				);
			}, 300_000);
		},
		hang: () => {
			this.locked(() => {
				this.lasting(this.world.club.faults.hangHandshake(), 10, 90_000);
			}, 90_000);
		},
		delay: () => {
			const { club, random } = this.world;
			this.lasting(club.faults.delay(random.pick(EVENTS), random.between(10, 25_000)), 10, 60_000);
		},
		dropAnswer: () => {
			this.lasting(
				this.world.club.faults.dropAnswer(
					this.world.random.pick(EVENTS),
					this.world.random.int(1, 3),
				),
				10,
				120_000,
			);
		},
		dropBefore: () => {
			this.lasting(
				this.world.club.faults.dropBefore(
					this.world.random.pick(EVENTS),
					this.world.random.int(1, 3),
				),
				10,
				120_000,
			);
		},
		duplicate: () => {
			this.lasting(this.world.club.faults.duplicate(this.world.random.int(1, 5)), 10, 120_000);
		},
		reorder: () => {
			this.lasting(
				this.world.club.faults.reorder(this.world.random.int(2, 4), this.agentId),
				10,
				LATEST_FRAME,
			);
		},
		spoil: () => {
			this.spoil();
		},
		http: () => {
			const { club, random } = this.world;
			const mode = random.pick(['status', 'hang', 'reset', 'slow'] as const);
			this.lasting(
				club.faults.failHttp(
					{
						path: random.pick([/members/, /chats/, /messages/, /./]),
						mode,
						status: random.pick([403, 500, 502]),
					},
					random.int(1, 4),
				),
				10,
				60_000,
			);
		},
		sameTime: () => {
			this.lasting(this.world.club.faults.stopClock(), 1, LATEST_FRAME);
		},
		leave: () => {
			this.leave();
		},
		retention: () => {
			this.forgetOldest();
		},
	};

	/**
	 * One at a time. A trigger under a new token that cannot connect is not among the agent's
	 * triggers, and others may mark what it would have worked on.
	 */
	private locked(strike: () => void, ms: number): void {
		const now = this.world.clock.now();
		if (now < this.lockedUntil) return;
		this.lockedUntil = now + ms;
		strike();
	}

	/** @param from ms that it lasts, at least and at most */
	private lasting(end: () => void, from: number, to: number): void {
		const once = () => {
			if (this.ends.delete(once)) end();
		};
		this.ends.add(once);
		this.world.clock.after(this.world.random.between(from, to), once);
	}

	/** The next frames lose what makes them messages. */
	private spoil(): void {
		const { club, random, oracle } = this.world;
		let left = random.int(1, 2);
		const end = club.faults.mangle(this.agentId, (event, args) => {
			if (event !== 'new_message' || left === 0) return args;
			left -= 1;
			const row = args[0] as Record<string, unknown>;
			oracle.unpromised.add(String(row['id']));
			return [
				{
					...row,
					[random.pick(['sender_id', 'created_at', 'content', 'chat_type'])]: { odd: true },
				},
			];
		});
		this.lasting(end, 10, 20_000);
	}

	/** The agent is taken out of a group, and back in later. */
	private leave(): void {
		const { club, random } = this.world;
		const groups = this.chats().filter(({ type }) => type === 'group');
		const group = random.pick(groups);
		if (club.core.store.groups.get(group.id)?.members.has(this.agentId) !== true) return;
		// For an agent without a read mark, unread begins at the time when it joined again.
		for (const { id } of club.core.store.messagesOf(`group_${group.id}`))
			this.world.oracle.unpromised.add(id);
		club.core.changes.removeMember(group.id, this.agentId);
		this.lasting(
			() => {
				club.core.changes.addMember(group.id, this.agentId);
			},
			100,
			60_000,
		);
	}

	/**
	 * As the retention job of the real server does; what the agent said is kept, to be counted in the
	 * end.
	 */
	private forgetOldest(): void {
		const { store } = this.world.club.core;
		const { type, id } = this.world.random.pick(this.chats());
		const oldest = store
			.messagesOf(`${type}_${id}`)
			.find(({ senderId }) => senderId !== this.agentId);
		if (oldest) store.deleteMessage(oldest.id);
	}
}

const EVENTS = ['mark_read', 'send_message', 'heartbeat'] as const;

const KINDS = {
	kill: 6,
	mute: 4,
	restart: 3,
	refuse: 1,
	newToken: 1,
	hang: 2,
	delay: 3,
	dropAnswer: 3,
	dropBefore: 3,
	duplicate: 3,
	reorder: 4,
	spoil: 1,
	http: 4,
	sameTime: 3,
	leave: 2,
	retention: 1,
} as const;

type Kind = keyof typeof KINDS;
