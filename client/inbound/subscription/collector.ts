import type { Clock, Timer } from '../../clock';
import { type Chat, chatKey } from '../../protocol/chat';
import type { Message, Source } from '../../protocol/message';
import { isEmpty } from '../intake/filter';
import type { Job } from '../lanes/job';
import type { CollectSettings } from '../trigger-port';

interface Window {
	readonly job: Job;
	readonly settings: CollectSettings;
	/** Monotonic ms of its opening. */
	readonly openedAt: number;
	timer: Timer;
}

/**
 * ms that a person counts as typing after the server's page has said so. The page says so at most
 * every 2 s, and hides the sign after 3 s.
 */
const TYPING_LASTS = 4000;

/**
 * Keeps jobs open for what their senders write next. An open job stands in its lane, which waits
 * for it; so order is kept, and closing the trigger needs nothing of its own.
 */
export class Collector {
	private readonly windows = new Map<string, Window>();

	constructor(
		private readonly clock: Clock,
		/** The job is complete: its lane may go on. */
		private readonly completed: (job: Job) => void,
	) {}

	/** Keeps a new job open, unless its sender has an open one in the chat. */
	open(job: Job, settings: CollectSettings): void {
		if (settings.pause <= 0) return;
		const [{ chat, sender }] = job.messages;
		const key = keyOf(chat, sender.id);
		if (this.windows.has(key)) return;
		job.isOpen = true;
		this.windows.set(key, {
			job,
			settings,
			openedAt: this.clock.now(),
			timer: this.closeAfter(key, Math.min(settings.pause, settings.most)),
		});
	}

	/** Adds a message to its sender's open job. Answers whether it belongs there. */
	add(message: Message, source: Source): boolean {
		if (this.windows.size === 0) return false;
		const key = keyOf(message.chat, message.sender.id);
		const window = this.windows.get(key);
		if (!window || isEmpty(message) || message.createdAt < window.job.createdAt) return false;
		if (!belongs(window, message, source)) {
			this.close(key);
			return false;
		}
		const { messages } = window.job;
		let at = messages.length;
		while (at > 1 && (messages[at - 1]?.createdAt ?? 0) > message.createdAt) at -= 1;
		messages.splice(at, 0, message);
		this.prolong(key, window, window.settings.pause);
		return true;
	}

	/** The sender goes on: the server tells agents who is typing. */
	typing(chat: Chat, userId: string): void {
		const key = keyOf(chat, userId);
		const window = this.windows.get(key);
		if (window) this.prolong(key, window, Math.max(window.settings.pause, TYPING_LASTS));
	}

	/** These jobs are taken out of their lanes. */
	forget(jobs: readonly Job[]): void {
		for (const job of jobs) {
			if (!job.isOpen) continue;
			const [{ chat, sender }] = job.messages;
			this.close(keyOf(chat, sender.id), false);
		}
	}

	private prolong(key: string, window: Window, ms: number): void {
		window.timer.cancel();
		const left = window.openedAt + window.settings.most - this.clock.now();
		window.timer = this.closeAfter(key, Math.max(0, Math.min(ms, left)));
	}

	private closeAfter(key: string, ms: number): Timer {
		return this.clock.after(
			ms,
			() => {
				this.close(key);
			},
			{ background: true },
		);
	}

	private close(key: string, goesOn = true): void {
		const window = this.windows.get(key);
		if (!window) return;
		window.timer.cancel();
		this.windows.delete(key);
		window.job.isOpen = false;
		if (goesOn) this.completed(window.job);
	}
}

/**
 * A batch brings at once what was written over hours: there the server's times tell what was
 * written in one go.
 */
function belongs({ job, settings }: Window, message: Message, source: Source): boolean {
	const last = job.messages.at(-1)?.createdAt ?? job.createdAt;
	if (1000 * (message.createdAt - job.createdAt) > settings.most) return false;
	return source === 'live' || 1000 * (message.createdAt - last) <= settings.pause;
}

function keyOf(chat: Chat, senderId: string): string {
	return JSON.stringify([chatKey(chat), senderId]);
}
