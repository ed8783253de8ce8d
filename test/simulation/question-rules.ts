import type { AgentSession } from '../../client/agent/agent-session';
import type { Clock } from '../../client/clock';
import type { Acceptance } from '../../client/questions/question';
import { tooLateText } from '../../client/questions/question-text';
import type { MessageRecord } from '../../playground/club/records';
import type { Tallies } from './tallies';
import type { Waiting } from './waiting-executions';

/** Words that people write as an answer to a yes-or-no question here. */
export const WORDS_THAT_COUNT = ['yes', 'No.', 'Approve', 'decline!', '👍', '好的'];

/** ms in which a process asks for no history after one that hung. */
const REST_AFTER_A_HANG = 5000;
/** Older questions than the last so many messages are not found in a chat's history. */
const PAGE = 100;
/** ms for which a reply is tried again while n8n says that it is busy, and while it is away. */
const BUSY_FOR = 5000;
const UNREACHABLE_FOR = 20_000;

/** What the rules look up. */
export interface QuestionTruth {
	readonly agentId: string;
	/** The agent's, as the server has it. */
	token(): string;
	message(id: string): MessageRecord | undefined;
	messagesOf(chatKey: string): readonly MessageRecord[];
	fail(what: string): void;
	note(what: string): void;
	/** Whether its frame was spoilt, or it was said while the agent was away. */
	isUnpromised(id: string): boolean;
	/** Whether a trigger has had an execution for it, and keeps that in mind. */
	hasRun(id: string): boolean;
	/** ms; the last moment at which no trigger of the agent was published. */
	lastWithoutTrigger(): number;
	readonly tallies: Tallies;
}

/** A connection as its frames arrive: whose they are, and since when it knows who it is. */
export interface Arriving {
	readonly session: AgentSession;
	/** ms. */
	readonly identifiedAt: number;
}

/** A message on its way to an execution that waits, and what came back. */
interface Attempt {
	readonly waiting: Waiting;
	readonly session: AgentSession | undefined;
	readonly at: number;
	word: Acceptance | 'unknown' | undefined;
	wordAt: number;
}

interface Arrival extends Arriving {
	readonly at: number;
}

/**
 * The rules of docs/guarantees.md for questions. A reply to an open one is handed over to n8n once,
 * starts nothing, and is read only after that.
 */
export class QuestionRules {
	readonly all: Waiting[] = [];
	private readonly attempts = new Map<string, Attempt[]>();
	/** By message. */
	private readonly answered = new Map<string, Attempt>();
	/** Hidden note of each outcome, by question. */
	private readonly outcomes = new Map<string, string>();
	/** What arrived first, by session and message; of this process. */
	private arrivals = new Map<AgentSession, Map<string, Arrival>>();
	/** By message, the session at which it arrived last. */
	private lastSession = new Map<string, AgentSession>();
	/** By chat, ms at which n8n did not say whether a question there is open. */
	private readonly untold = new Map<string, number>();
	/** By chat, ms at which its history could not be read. */
	private unreadHistory = new Map<string, number>();
	/** ms at which a process last gave up waiting for a history. */
	private hungAt = Number.NEGATIVE_INFINITY;
	private readonly records = new Map<string, MessageRecord>();

	constructor(
		private readonly clock: Clock,
		private readonly truth: QuestionTruth,
	) {}

	/** A new process has heard of nothing. */
	newProcess(): void {
		this.arrivals = new Map();
		this.lastSession = new Map();
		this.unreadHistory = new Map();
		this.hungAt = Number.NEGATIVE_INFINITY;
	}

	asked(waiting: Waiting): void {
		this.all.push(waiting);
		this.truth.tallies.questions += 1;
	}

	announced(questionId: string, note: string): void {
		this.outcomes.set(questionId, note);
	}

	/** A frame has come in whole. */
	arrived(id: string, arriving: Arriving): void {
		const known = this.arrivals.get(arriving.session) ?? new Map<string, Arrival>();
		this.arrivals.set(arriving.session, known);
		if (!known.has(id)) known.set(id, { ...arriving, at: this.clock.now() });
		this.lastSession.set(id, arriving.session);
	}

	/**
	 * @param chatId whose history a process has asked for in vain
	 * @param hung whether the process has given up waiting for it
	 */
	historyFailed(chatId: string, hung: boolean): void {
		this.truth.note(`the history of ${chatId} could not be read`);
		this.unreadHistory.set(chatId, this.clock.now());
		if (hung) this.hungAt = this.clock.now();
	}

	/** n8n could not be asked whether a question of the chat is open. */
	notTold(chatId: string): void {
		this.untold.set(chatId, this.clock.now());
	}

	/** A reply has reached n8n, sent at that time (ms). Returns how to tell what came back. */
	handedOver(
		waiting: Waiting,
		messageId: string,
		sentAt: number,
	): { told(word: Attempt['word']): void } {
		const attempt: Attempt = {
			waiting,
			session: this.lastSession.get(messageId),
			at: sentAt,
			word: undefined,
			wordAt: 0,
		};
		this.truth.note(`${messageId} is handed over to ${waiting.question.id} (${waiting.state})`);
		const message = this.truth.message(messageId);
		if (message) this.checkHandOver(message, attempt);
		this.attempts.set(messageId, [...this.attemptsOf(messageId), attempt]);
		return {
			told: (word) => {
				this.truth.note(`${messageId} to ${waiting.question.id}: ${word ?? ''}`);
				attempt.word = word;
				attempt.wordAt = this.clock.now();
			},
		};
	}

	/** n8n goes on with the reply. */
	accepted(waiting: Waiting, messageId: string): void {
		this.truth.tallies.answers += 1;
		const before = this.answered.get(messageId);
		const attempt = this.attemptsOf(messageId).at(-1);
		if (before && this.remembers(messageId, before))
			this.truth.fail(
				`${messageId} answers ${waiting.question.id}, and has answered ` +
					before.waiting.question.id,
			);
		if (attempt) this.answered.set(messageId, attempt);
	}

	/** Why no execution may start with it; undefined where one may. */
	whyNotToStart(message: MessageRecord): string | undefined {
		const answered = this.answered.get(message.id);
		if (answered && this.remembers(message.id, answered))
			return `which has answered ${answered.waiting.question.id}`;
		if (this.isUnderWay(message.id)) return 'which is on its way to a question';
		const open = this.openFor(message);
		return open && `which answers ${open.question.id}, and n8n waits for that`;
	}

	/** Why it may not be marked read, whatever the triggers say. */
	whyUnread(message: MessageRecord): string | undefined {
		if (this.isUnderWay(message.id) && !this.wasToldInChat(message.id))
			return 'n8n has not accepted it yet as an answer';
		const open = this.openFor(message);
		if (open && !this.answered.has(message.id))
			return `it answers ${open.question.id}, which n8n still waits for`;
		return undefined;
	}

	/**
	 * Whether it has answered a question, as far as anybody can know: where n8n's word was lost, it
	 * may have taken another answer.
	 */
	isUsedUp(id: string): boolean {
		const attempts = this.attemptsOf(id);
		// An earlier process may have done it; then the chat's history tells.
		const answered = this.answered.get(id);
		if (answered && answered.session !== this.lastSession.get(id)) return true;
		return (
			attempts.some(({ word }) => word === 'accepted') ||
			(attempts.some(({ word }) => word === 'unknown') && !this.isUnderWay(id))
		);
	}

	/** Whether it may be marked read without an execution. */
	isDealtWith(message: MessageRecord): boolean {
		return this.answered.has(message.id) || this.isUsedUp(message.id) || this.isTooLate(message);
	}

	/**
	 * Whether it answers a question that is over, and its sender could not know of that: the agent
	 * had said nothing since. If an older question is open, the chat is told in any case.
	 */
	isTooLate(message: MessageRecord): boolean {
		return this.all.some((waiting) => this.isTooLateFor(waiting, message));
	}

	private isTooLateFor(waiting: Waiting, message: MessageRecord): boolean {
		return (
			this.mayCountAsOver(waiting) &&
			this.isAnswerTo(waiting, message) &&
			(this.wasToldSo(waiting, message) ||
				!this.knewOf(waiting, message) ||
				this.spokeLater(waiting, message) ||
				this.isOlderOneOpen(waiting, message))
		);
	}

	private wasToldSo({ question }: Waiting, message: MessageRecord): boolean {
		return this.own(message).some(({ content }) => content === tooLateText(question.excerpt));
	}

	/**
	 * Whether the agent has spoken in the chat since the question's end, before the message. A
	 * session that has not heard of that cannot know it.
	 */
	private knewOf(waiting: Waiting, message: MessageRecord): boolean {
		const end = this.wallTime(this.endHeardAt(waiting)) / 1000;
		return this.own(message).some(
			(own) =>
				end < own.createdAt &&
				own.createdAt < message.createdAt &&
				this.arrivalsOf(message.id).every(this.knows(own)),
		);
	}

	/** ms; n8n's word of a question's end takes a moment, in which nobody else knows of it. */
	private endHeardAt(waiting: Waiting): number {
		const words = [...this.attempts.values()]
			.flat()
			.filter(
				(each) => each.waiting === waiting && (each.word === 'accepted' || each.word === 'over'),
			);
		const heardAt = words.length > 0 ? Math.min(...words.map(({ wordAt }) => wordAt)) : 0;
		return Math.max(waiting.closedAt ?? this.clock.now(), heardAt);
	}

	/** Without an outcome in the chat a session only knows when the agent has spoken last. */
	private spokeLater({ question }: Waiting, message: MessageRecord): boolean {
		return (
			!this.outcomes.has(question.id) &&
			this.own(message).some(({ createdAt }) => createdAt > message.createdAt)
		);
	}

	/** Or is over without a word about it in the chat. */
	private isOlderOneOpen(waiting: Waiting, message: MessageRecord): boolean {
		return this.all.some(
			(older) =>
				(older.closedAt === undefined || !this.outcomes.has(older.question.id)) &&
				this.askedAt(older) < this.askedAt(waiting) &&
				this.isAnswerTo(older, message),
		);
	}

	/**
	 * Whether n8n may have said that it takes no reply. It has gone on, or it takes none under
	 * another token. Or it has not saved the execution that asks, or was busy with it for too long.
	 */
	private mayCountAsOver(waiting: Waiting): boolean {
		const isClosed = waiting.closedAt !== undefined || waiting.state === 'asking';
		return isClosed || waiting.token !== this.truth.token() || this.isGivenUp(waiting);
	}

	/** What the agent has said in the message's chat. */
	private own({ chatType, chatId }: MessageRecord): MessageRecord[] {
		const said = this.truth.messagesOf(`${chatType}_${chatId}`);
		return said.filter(({ senderId }) => senderId === this.truth.agentId);
	}

	/** It could not be handed over for so long that its chat goes on without it. */
	wasKept({ id, chatId }: MessageRecord): boolean {
		const attempts = this.attemptsOf(id);
		const began = Math.min(...attempts.map(({ at }) => at));
		const untold = this.untold.get(chatId) ?? Number.NEGATIVE_INFINITY;
		return (
			attempts.some(({ wordAt }) => wordAt - began > UNREACHABLE_FOR) ||
			untold - this.firstArrival(id) > UNREACHABLE_FOR
		);
	}

	/** Whether it has come to more than one of the agent's connections under different tokens. */
	hasMoved(id: string): boolean {
		return this.arrivalsOf(id).length > 1;
	}

	/**
	 * Whether it was a reply, or one that came too late, under an earlier token, see
	 * docs/guarantees.md. That token's session marks it as soon as its link lets a frame through,
	 * whatever has come of it since.
	 */
	wasReplyBefore(message: MessageRecord): boolean {
		return this.all.some(
			(waiting) =>
				waiting.token !== this.truth.token() &&
				this.hasReached(waiting.token, message.id) &&
				(this.attemptsOf(message.id).some((attempt) => attempt.waiting === waiting) ||
					this.isTooLateFor(waiting, message)),
		);
	}

	/** Whether it has come to a session of the token. */
	private hasReached(token: string, id: string): boolean {
		return [...this.arrivals].some(
			([{ credentials }, known]) => credentials.token === token && known.has(id),
		);
	}

	private checkHandOver(message: MessageRecord, attempt: Attempt): void {
		const { question } = attempt.waiting;
		const what = `${message.id} is handed over to ${question.id}`;
		if (!this.isAnswerTo(attempt.waiting, message))
			this.truth.fail(`${what}, which it does not answer`);
		const before = this.answered.get(message.id);
		if (before && before.word === 'accepted' && this.remembers(message.id, before))
			this.truth.fail(`${what}, and has answered ${before.waiting.question.id}`);
		if (this.truth.hasRun(message.id)) this.truth.fail(`${what}, and has had its execution`);
		if (this.isKnownAsOver(attempt)) this.truth.fail(`${what}, which is known to be over`);
		if (!this.isExcused(message)) this.checkChoice(message, attempt.waiting);
		const meant = this.endedUnknownTo(message, attempt);
		if (meant) this.truth.fail(`${what}, and was meant for ${meant.question.id}, which is over`);
	}

	/** A newer question that it fits, which ended before its sender could know of that. */
	private endedUnknownTo(
		message: MessageRecord,
		{ waiting: chosen }: Attempt,
	): Waiting | undefined {
		const own = this.own(message);
		return this.all.find(
			(other) =>
				other.closedAt !== undefined &&
				other.question.responseType === 'approval' &&
				this.isAnswerTo(other, message) &&
				this.isHeardOf(other, message) &&
				this.askedAt(other) > this.askedAt(chosen) &&
				!this.wasAnsweredBy(other, message.senderId) &&
				!own.some(({ createdAt }) => createdAt > this.askedAt(other)),
		);
	}

	private wasAnsweredBy(waiting: Waiting, senderId: string): boolean {
		return [...this.answered].some(
			([id, attempt]) =>
				attempt.waiting === waiting && this.truth.message(id)?.senderId === senderId,
		);
	}

	/** Of several open questions the newest one gets it; in a group only where it is addressed. */
	private checkChoice(message: MessageRecord, chosen: Waiting): void {
		const what = `${message.id} is handed over to ${chosen.question.id}`;
		const newer = this.openIn(message).find(
			(other) =>
				this.isAnswerTo(other, message) &&
				this.isHeardOf(other, message) &&
				!this.isGivenUp(other) &&
				this.askedAt(other) > this.askedAt(chosen),
		);
		if (newer) this.truth.fail(`${what}, and ${newer.question.id} is newer`);
		const others = this.openIn(message).filter(
			(other) => this.isHeardOf(other, message) && !this.isGivenUp(other),
		);
		if (!this.isAddressed(message) && others.some((other) => other !== chosen))
			this.truth.fail(`${what} without a mention, where more than one is open`);
	}

	/** n8n has told the same session that it takes no answer any more. */
	private isKnownAsOver({ waiting, session, at }: Attempt): boolean {
		for (const attempts of this.attempts.values())
			for (const each of attempts)
				if (
					each.waiting === waiting &&
					each.session === session &&
					each.wordAt < at &&
					(each.word === 'accepted' || each.word === 'over')
				)
					return true;
		return false;
	}

	/** The question that the message must have been handed over to, and that n8n still waits for. */
	private openFor(message: MessageRecord): Waiting | undefined {
		if (this.isExcused(message) || this.isTooLate(message)) return undefined;
		if (this.arrivalsOf(message.id).length === 0) return undefined;
		return this.openIn(message).find(
			(waiting) =>
				waiting.state === 'waiting' &&
				this.isAnswerTo(waiting, message) &&
				this.isMeant(waiting, message) &&
				this.isHeardOf(waiting, message) &&
				!this.isGivenUp(waiting),
		);
	}

	/** What docs/guarantees.md says of replies that go their ordinary way. */
	private isExcused(message: MessageRecord): boolean {
		return this.triggersWereAway(message) || this.historyWasUnreadable(message);
	}

	/** A place that is given up keeps no reply: the next one judges it with what it knows then. */
	private triggersWereAway({ id }: MessageRecord): boolean {
		return this.truth.lastWithoutTrigger() >= this.firstArrival(id);
	}

	/** After one that hung no history is asked for, for a while. */
	private historyWasUnreadable({ id, chatId }: MessageRecord): boolean {
		const unreadAt = this.unreadHistory.get(chatId) ?? Number.NEGATIVE_INFINITY;
		const arrivedAt = this.firstArrival(id);
		return unreadAt >= arrivedAt || this.hungAt + REST_AFTER_A_HANG >= arrivedAt;
	}

	/** ms. */
	private firstArrival(id: string): number {
		return Math.min(...this.arrivalsOf(id).map(({ at }) => at));
	}

	private arrivalsOf(id: string): Arrival[] {
		return [...this.arrivals.values()].flatMap((known) => known.get(id) ?? []);
	}

	/** Questions of its chat that n8n takes an answer to, or is about to. */
	private openIn({ chatId, chatType }: MessageRecord): Waiting[] {
		return this.all.filter(
			({ chat, state, process }) =>
				chat.id === chatId &&
				chat.type === chatType &&
				(state === 'waiting' || (state === 'asking' && process.alive)),
		);
	}

	private isAnswerTo(waiting: Waiting, message: MessageRecord): boolean {
		const { approvers, responseType, isReview } = waiting.question;
		const { chat } = waiting;
		if (chat.id !== message.chatId || chat.type !== message.chatType) return false;
		if (message.senderId === this.truth.agentId) return false;
		if (message.createdAt <= this.askedAt(waiting)) return false;
		if (approvers.length > 0 && !approvers.includes(message.senderId)) return false;
		const said = (message.content ?? '').replace(/^<at [^>]*>[^<]*<\/at>/, '').trim();
		if (responseType === 'freeText') return (message.content ?? '').trim() !== '';
		if (WORDS_THAT_COUNT.includes(said)) return true;
		return isReview && said !== '' && this.isAddressed(message);
	}

	/**
	 * In a group without a mention only the one open question may be meant, or a newer one of whose
	 * end its sender could not know, as far as a session can tell.
	 */
	private isMeant(waiting: Waiting, message: MessageRecord): boolean {
		if (this.isAddressed(message)) return true;
		const since = this.firstArrival(message.id);
		return this.all.every(
			(other) =>
				other === waiting ||
				other.chat.id !== message.chatId ||
				((other.closedAt ?? Number.POSITIVE_INFINITY) < since &&
					(this.askedAt(other) < this.askedAt(waiting) ||
						(this.knewOf(other, message) && !this.spokeLater(other, message)))),
		);
	}

	private isAddressed({ chatType, mentions }: MessageRecord): boolean {
		return chatType === 'direct' || mentions.includes(this.truth.agentId);
	}

	/** Seconds; infinite as long as it is not in its chat. */
	private askedAt(waiting: Waiting): number {
		return this.recordOf(waiting)?.createdAt ?? Number.POSITIVE_INFINITY;
	}

	private recordOf({ note, chat }: Waiting): MessageRecord | undefined {
		return note === '' ? undefined : this.recordWith(note, `${chat.type}_${chat.id}`);
	}

	private recordWith(note: string, chatKey: string): MessageRecord | undefined {
		const known =
			this.records.get(note) ??
			this.truth.messagesOf(chatKey).find(({ content }) => content?.includes(note));
		if (known) this.records.set(note, known);
		return known;
	}

	/**
	 * Wherever the message arrived, its session knew of the question by then. It has seen the
	 * question itself, or read the chat's history at the chat's first message of a connection.
	 */
	private isHeardOf(waiting: Waiting, message: MessageRecord): boolean {
		const { until } = waiting.question;
		if (until !== undefined && this.clock.wallTime() > until) return false;
		// A new token makes it answerable by link only.
		if (waiting.token !== this.truth.token()) return false;
		const record = this.recordOf(waiting);
		return (
			record !== undefined &&
			this.arrivalsOf(message.id).every(
				(arrival) =>
					arrival.session.credentials.token === waiting.token && this.knows(record)(arrival),
			)
		);
	}

	/** Whether a session knew of the agent's own message by the time of the arrival. */
	private knows(own: MessageRecord): (arrival: Arrival) => boolean {
		const behind = this.truth.messagesOf(`${own.chatType}_${own.chatId}`);
		const isOnPage = behind.slice(-PAGE).includes(own);
		return ({ session, identifiedAt, at }) => {
			const heardAt = this.arrivals.get(session)?.get(own.id)?.at ?? Number.POSITIVE_INFINITY;
			const isHeard = heardAt < at && !this.truth.isUnpromised(own.id);
			return isHeard || (isOnPage && this.wallTime(identifiedAt) > 1000 * own.createdAt);
		};
	}

	/** Of a moment of the monotonic clock, ms. */
	private wallTime(at: number): number {
		return at + this.clock.wallTime() - this.clock.now();
	}

	/**
	 * n8n was busy with it for so long that replies are not tried any more, or may have been for
	 * somebody who only asked.
	 */
	private isGivenUp(waiting: Waiting): boolean {
		const savedAt = this.wallTime(waiting.savedAt ?? Number.POSITIVE_INFINITY);
		if (savedAt - 1000 * this.askedAt(waiting) > BUSY_FOR) return true;
		for (const attempts of this.attempts.values()) {
			const own = attempts.filter((each) => each.waiting === waiting);
			const [first] = own;
			if (first && own.some(({ word, at }) => word === 'busy' && at - first.at > BUSY_FOR))
				return true;
		}
		return false;
	}

	private isUnderWay(id: string): boolean {
		return this.attemptsOf(id).some(
			({ word, session }) => word === undefined && session === this.lastSession.get(id),
		);
	}

	/**
	 * Whether the session that has the message now can know that it was accepted. It handed the
	 * message over itself, or the chat had the outcome before.
	 */
	private remembers(id: string, { session, waiting }: Attempt): boolean {
		const current = this.lastSession.get(id);
		if (session !== undefined && session === current) return true;
		const outcome = this.outcomeOf(waiting);
		const message = this.truth.message(id);
		if (!outcome || !message || this.isExcused(message)) return false;
		if (waiting.token !== this.truth.token()) return false;
		return this.arrivalsOf(id).every(this.knows(outcome));
	}

	/** Whether the chat has told the session that n8n took the reply: that may be faster. */
	private wasToldInChat(id: string): boolean {
		const answered = this.answered.get(id);
		const outcome = answered && this.outcomeOf(answered.waiting);
		const session = this.lastSession.get(id);
		const arrival = session && this.arrivals.get(session)?.get(id);
		if (!outcome || !arrival) return false;
		return this.knows(outcome)({ ...arrival, at: this.clock.now() });
	}

	/** The agent's message that told the chat of a question's end. */
	private outcomeOf({ question, chat }: Waiting): MessageRecord | undefined {
		const note = this.outcomes.get(question.id);
		return note ? this.recordWith(note, `${chat.type}_${chat.id}`) : undefined;
	}

	private attemptsOf(id: string): readonly Attempt[] {
		return this.attempts.get(id) ?? [];
	}
}
