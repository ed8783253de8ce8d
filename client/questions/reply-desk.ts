import { type Clock, pause } from '../clock';
import { type Logger, loggable } from '../logger';
import type { Decision, Replies } from '../inbound/inbox-port';
import { isAddressed } from '../inbound/intake/filter';
import type { Chat } from '../protocol/chat';
import { RecentMap } from '../recent';
import type { Message } from '../protocol/message';
import { answerIn, mayAnswer } from './answer-in';
import type { EndedQuestion } from './ended-questions';
import { OpenQuestions } from './open-questions';
import {
	aboutQuestion,
	type Acceptance,
	type AnswerPort,
	type AskedQuestion,
	type Reply,
} from './question';
import { tooLateText } from './question-text';
import type { ReplyDeskPort } from './reply-desk-port';
import { Sealer } from './sealer';
import { TimeLimits } from './time-limits';

/**
 * ms in which a host that says "busy" is asked again. It saves an execution as waiting a moment
 * after the question is out (`test/e2e/send-and-wait-queue.test.ts`, "as soon as it is seen"). It
 * says the same about an execution that has been answered and runs.
 */
const BUSY_FOR = 5000;
/** ms in which a host that cannot be reached is tried again. */
const UNREACHABLE_FOR = 20_000;
/** ms before the second try, twice as long before each further one. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 2000;
/** ms between two looks whether a trigger that is published again runs. */
const TRIGGER_LOOK = 250;
/** Replies of which it is not known whether their host has had them, that are remembered. */
const REMEMBERED_UNSURE = 1000;

/** What a question's host says of it, or of an answer to it, after all tries. */
type HandOverResult = 'accepted' | 'over' | 'untold';

/** Whose questions a desk takes the replies to. */
interface AskingAgent {
	readonly id: string;
	readonly token: string;
}

/** A reply's question, the message that it is, and who takes it. */
interface Giving {
	readonly question: AskedQuestion;
	readonly message: Message;
	readonly answers: AnswerPort;
}

/** Takes people's replies to the questions of an agent, and hands them to who waits for them. */
export class ReplyDesk implements Replies {
	private readonly questions: OpenQuestions;
	private readonly sealer: Sealer;
	private readonly limits: TimeLimits;
	/** By message id; the same message comes again with a new connection. */
	private readonly pending = new Map<string, Promise<Decision>>();
	/** Replies that a host may have had without our hearing of it, and their questions. */
	private readonly unsure = new RecentMap<string>(REMEMBERED_UNSURE);

	constructor(
		private readonly clock: Clock,
		private readonly logger: Logger,
		private readonly port: ReplyDeskPort,
		private readonly agent: AskingAgent,
	) {
		this.sealer = new Sealer(agent.token);
		this.limits = new TimeLimits(clock, port, () => this.questions, this.sealer, agent.id);
		this.questions = new OpenQuestions(
			agent.id,
			this.sealer,
			(chat) => port.recentMessages(chat),
			logger,
			(question, chat) => {
				this.limits.watch(question, chat);
			},
		);
	}

	newConnection(): void {
		this.questions.newConnection();
	}

	/** The agent's own message, from whichever process. */
	sawOwn(message: Message): void {
		this.questions.sawOwn(message);
	}

	/** What becomes of a message; at once where it can answer nothing. */
	decide(message: Message): Decision | Promise<Decision> {
		if (this.isUsedUp(message)) return 'used up';
		if (this.questions.hasNone(message.chat) && !this.questions.lately.unknownTo(message))
			return 'ordinary';
		if (!this.port.answers()) return 'ordinary';
		const known = this.pending.get(message.id);
		if (known) return known;
		const deciding = this.findQuestion(message)
			.catch(() => this.keep(message))
			.finally(() => {
				this.pending.delete(message.id);
			});
		this.pending.set(message.id, deciding);
		return deciding;
	}

	private async findQuestion(message: Message): Promise<Decision> {
		await this.questions.look(message.chat);
		if (this.isUsedUp(message)) return 'used up';
		const before = this.openBefore(message);
		if (before) return this.giveAgain(before, message);
		const late = this.tooLateFor(message);
		// Who has answered it may go on with the next one at once.
		if (late && late.responderId !== message.sender.id) return this.tellLate(message, late);
		if (this.questions.inChat(message.chat).length === 0) return 'ordinary';
		const answers = await this.answersOfLife();
		if (!answers) return 'ordinary';
		const isMeant =
			isAddressed(message, this.agent.id, true) || (await this.isOnlyOne(message, answers));
		if (isMeant === 'untold') return this.keep(message);
		if (!isMeant) return 'ordinary';
		for (const question of this.questions.inChat(message.chat)) {
			const reply = this.replyTo(question, message);
			if (reply) return this.give(reply, { question, message, answers });
		}
		return 'ordinary';
	}

	/** The open question that the message was given to before, without a word of its host. */
	private openBefore({ id, chat }: Message): AskedQuestion | undefined {
		const mayHaveEnded = this.unsure.get(id);
		return this.questions.inChat(chat).find((question) => question.id === mayHaveEnded);
	}

	/** It goes to that question and no other one, also where a newer one has been noticed since. */
	private async giveAgain(question: AskedQuestion, message: Message): Promise<Decision> {
		const answers = await this.answersOfLife();
		if (!answers) return 'ordinary';
		const reply = this.replyTo(question, message);
		// Without one the question's time is over.
		return reply ? this.give(reply, { question, message, answers }) : 'used up';
	}

	/** Hands a reply over to the one question that it answers. */
	private async give(reply: Reply, giving: Giving): Promise<Decision> {
		const { question, message, answers } = giving;
		const { id, chat, sender } = message;
		const result = await this.handOver(question, chat, reply, answers);
		if (result === 'untold') return this.keep(message);
		// The chat may have told in the meantime that this reply was taken.
		if (result !== 'accepted' && !this.questions.wasReply(id))
			return this.missed(question, message);
		// Who repeats an answer of which nobody knows whether it arrived means no older question.
		const isSure = this.unsure.get(id) !== question.id;
		if (isSure) this.questions.end(chat, question.id, sender.id);
		else this.endedBefore(question, chat);
		this.questions.usedUp(id);
		return 'used up';
	}

	/**
	 * The question turned out to be over. The message was meant for it, so it answers no older one:
	 * that might approve what nobody has approved.
	 */
	private missed(question: AskedQuestion, message: Message): Decision {
		const { chat } = message;
		this.endedBefore(question, chat);
		const late = this.tooLateFor(message);
		if (late) return this.tellLate(message, late);
		const mayMeanOlder = this.questions.inChat(chat).some((older) => this.replyTo(older, message));
		if (!mayMeanOlder) return 'ordinary';
		this.port.say(chat, tooLateText(question.excerpt));
		this.questions.usedUp(message.id);
		return 'used up';
	}

	/** It turned out to be over. Its people may know that from what the agent has said since. */
	private endedBefore(question: AskedQuestion, chat: Chat): void {
		const spokenAt = this.questions.lately.spokeSince(chat, question);
		this.questions.end(chat, question.id, undefined, spokenAt);
	}

	/** Whether it has answered a question, or may have ended one that is over now. */
	private isUsedUp(message: Message): boolean {
		if (this.questions.wasReply(message.id)) return true;
		const mayHaveEnded = this.unsure.get(message.id);
		if (mayHaveEnded === undefined) return false;
		const open = this.openBefore(message);
		return open ? this.limits.isOver(open) : this.questions.hasEnded(mayHaveEnded);
	}

	/** The question that the message answers, if its sender could not know of its end. */
	private tooLateFor(message: Message): EndedQuestion | undefined {
		const ended = this.questions.lately.unknownTo(message);
		if (ended?.question.responseType !== 'approval' || !mayAnswer(ended.question, message))
			return undefined;
		const open = this.questions.inChat(message.chat);
		const isForNewer = open.some(
			(other) =>
				other.askedAt > ended.question.askedAt && this.replyTo(other, message) !== undefined,
		);
		const isMeant = isAddressed(message, this.agent.id, true) || open.length === 0;
		return isMeant && !isForNewer && answerIn(message, ended.question, this.agent.id)
			? ended
			: undefined;
	}

	/**
	 * A yes or no that came too late starts nothing. Other words to a review answer no older question
	 * either, but may be meant for the workflow.
	 */
	private tellLate(message: Message, ended: EndedQuestion): Decision {
		const { id, chat } = message;
		if (typeof answerIn(message, ended.question, this.agent.id)?.text === 'string')
			return 'ordinary';
		this.questions.usedUp(id);
		if (!ended.isLateTold) this.port.say(chat, tooLateText(ended.question.excerpt));
		ended.isLateTold = true;
		return 'used up';
	}

	/** Waits for the next life of a trigger that is being published again. */
	private async answersOfLife(): Promise<AnswerPort | undefined> {
		for (;;) {
			const answers = this.port.answers();
			if (answers !== 'soon') return answers;
			await pause(this.clock, TRIGGER_LOOK);
		}
	}

	private keep({ id }: Message): Decision {
		this.logger.warn(
			`The reply ${loggable(id)} to a question could not be handed over; ` +
				'it stays unread, and comes again with the next connection',
		);
		return 'kept';
	}

	/**
	 * Without a mention a message of a group counts only where one question is open there. Those that
	 * were answered on the page may still be known as open: their hosts are asked.
	 */
	private async isOnlyOne(message: Message, answers: AnswerPort): Promise<boolean | 'untold'> {
		const known = this.questions.inChat(message.chat);
		if (known.length < 2) return this.isOnlyOneKnown(message);
		if (!known.some((question) => this.replyTo(question, message))) return false;
		for (const question of known) {
			const result = await this.told(question, () => answers.check(question));
			if (result === 'untold') return 'untold';
			if (result === 'over') this.endedBefore(question, message.chat);
		}
		return this.isOnlyOneKnown(message);
	}

	/** Who could not know that a newer question is over may mean that one. */
	private isOnlyOneKnown(message: Message): boolean {
		const [question, ...others] = this.questions.inChat(message.chat);
		if (!question || others.length > 0) return false;
		const ended = this.questions.lately.unknownTo(message)?.question;
		return !ended || ended.askedAt <= question.askedAt;
	}

	/** What the message answers to the question; undefined where it is no answer to it. */
	private replyTo(question: AskedQuestion, message: Message): Reply | undefined {
		if (!mayAnswer(question, message) || this.limits.isOver(question)) return undefined;
		const answer = answerIn(message, question, this.agent.id);
		if (!answer) return undefined;
		const { id: messageId, sender, fileUrl, fileName, contentType } = message;
		const { id, name, kind } = sender;
		const responder = { id, name, kind };
		return { ...answer, messageId, responder, fileUrl, fileName, contentType };
	}

	private async handOver(
		question: AskedQuestion,
		chat: Chat,
		reply: Reply,
		answers: AnswerPort,
	): Promise<HandOverResult> {
		const sealed = this.sealer.seal(reply, aboutQuestion(chat, question.id));
		const result = await this.told(question, async () => {
			const acceptance = await answers.answer(question, sealed);
			if (acceptance === 'unknown') this.unsure.set(reply.messageId, question.id);
			return acceptance;
		});
		// This very reply may have ended it: then it must neither start nor answer anything else.
		const isUnsure = this.unsure.get(reply.messageId) === question.id;
		return result === 'over' && isUnsure ? 'accepted' : result;
	}

	/** Asks a question's host until it has told, or until that is not worth while any more. */
	private async told(
		question: AskedQuestion,
		ask: () => Promise<Acceptance>,
	): Promise<HandOverResult> {
		const began = this.clock.now();
		for (let wait = FIRST_PAUSE; ; wait = Math.min(2 * wait, LONGEST_PAUSE)) {
			const askedAfter = this.clock.now() - began;
			const acceptance = await ask();
			if (acceptance === 'accepted' || acceptance === 'over') return acceptance;
			// "Busy" may have taken long to come, and tells how things stood when it was asked for.
			if (acceptance === 'busy' && askedAfter > BUSY_FOR) return 'over';
			if (acceptance !== 'busy' && this.clock.now() - began > UNREACHABLE_FOR) return 'untold';
			await pause(this.clock, wait);
			// Answered on the page in the meantime.
			if (this.questions.hasEnded(question.id)) return 'over';
		}
	}
}
