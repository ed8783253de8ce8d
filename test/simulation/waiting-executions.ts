import type { AgentSession } from '../../client/agent/agent-session';
import type { Chat } from '../../client/protocol/chat';
import { composeText } from '../../client/outbound/compose';
import { withHiddenNote } from '../../client/protocol/hidden-note';
import {
	aboutChat,
	aboutQuestion,
	type Acceptance,
	type AnswerPort,
	type Question,
	type QuestionNote,
	type Reply,
} from '../../client/questions/question';
import { outcomeText, questionText } from '../../client/questions/question-text';
import { Sealer } from '../../client/questions/sealer';
import type { HostProcess, HostWorld } from './host-process';

/** What a question asks for, as far as a schedule chooses it. */
export type Asking = Pick<
	Question,
	'responseType' | 'approvers' | 'isReview' | 'until' | 'announces'
>;

/** An execution that has asked, or is about to, as n8n has it. */
export interface Waiting {
	readonly question: Question;
	readonly chat: Chat;
	/** Unseen in the message; it tells which message asks. */
	note: string;
	/** Of the agent when it was asked: answers are sealed with it. */
	token: string;
	process: HostProcess;
	/** n8n takes answers only while it waits: before and after that it runs. */
	state: 'asking' | 'waiting' | 'answered' | 'over';
	/** ms; since then n8n takes answers. */
	savedAt: number | undefined;
	/** ms; since then it takes no answer any more. */
	closedAt: number | undefined;
}

/** How n8n takes answers just now. */
export interface Reception {
	/** How likely it is that n8n's word about an answer gets lost on its way back. */
	readonly losesWords: number;
	/** Longest time in which it answers, ms. */
	readonly slowest: number;
	/** Longest time in which it saves an execution that waits, ms. */
	readonly savedWithin: number;
}

/** Longest time for which an execution goes on once it has its answer, ms. */
const RUNS_ON = 20_000;
/** ms after its time within which n8n goes on without an answer. */
const LATE_END = 4000;

/** The executions of n8n that ask in a chat and wait; they outlive its processes. */
export class WaitingExecutions {
	/** n8n answers nobody until then, ms. */
	awayUntil = 0;

	constructor(
		private readonly world: HostWorld,
		private readonly agentId: string,
		public reception: Reception,
	) {}

	get all(): readonly Waiting[] {
		return this.world.oracle.questions.all;
	}

	/** What *Send and Wait for Response* does. */
	async ask(process: HostProcess, chat: Chat, asking: Asking): Promise<Waiting | undefined> {
		const session = process.session();
		const release = session.lease();
		const waiting = this.prepare(process, chat, asking);
		try {
			await session.whenReady(60_000);
			const text = this.textOf(waiting, session);
			this.world.oracle.note(`${waiting.question.id} is asked in ${chat.id}`);
			await session.send(composeText(chat, text, 'text'));
			this.saveSoon(waiting);
			return waiting;
		} catch (error) {
			this.close(waiting, `it could not be asked: ${String(error)}`);
			return undefined;
		} finally {
			release();
		}
	}

	private prepare(process: HostProcess, chat: Chat, asking: Asking): Waiting {
		const id = `q${this.all.length + 1}`;
		const waiting: Waiting = {
			question: {
				...asking,
				id,
				approveLabel: 'Approve',
				disapproveLabel: 'Decline',
				isRefusal: false,
				excerpt: `question ${id}`,
				wakePath: `/webhook-waiting/${id}`,
				wakeOrigin: 'https://n8n.simulated',
			},
			chat,
			note: '',
			token: '',
			process,
			state: 'asking',
			savedAt: undefined,
			closedAt: undefined,
		};
		this.world.oracle.questions.asked(waiting);
		return waiting;
	}

	private textOf(waiting: Waiting, { credentials: { token } }: AgentSession): string {
		const { question, chat } = waiting;
		const note: QuestionNote = { is: 'question', question };
		waiting.token = token;
		waiting.note = new Sealer(token).seal(note, aboutChat(this.agentId, chat));
		const shown = questionText({
			...question,
			text: 'May I?',
			isByModel: false,
			takesReplies: true,
			links: undefined,
			approvers: [],
		});
		return withHiddenNote(shown, waiting.note);
	}

	private saveSoon(waiting: Waiting): void {
		const { clock, random } = this.world;
		clock.after(random.between(1, this.reception.savedWithin), () => {
			if (!waiting.process.alive) this.close(waiting, 'n8n died before it was saved');
			if (waiting.state !== 'asking') return;
			waiting.state = 'waiting';
			waiting.savedAt = this.world.clock.now();
			this.world.oracle.note(`n8n waits for an answer to ${waiting.question.id}`);
			const { until } = waiting.question;
			if (until !== undefined)
				clock.after(until - clock.wallTime() + random.between(0, LATE_END), () => {
					this.end(waiting, 'its time is over');
				});
		});
	}

	/** Somebody opens the link. */
	answerByLink(waiting: Waiting, process: HostProcess): void {
		if (waiting.state !== 'waiting' || !process.alive) return;
		this.goOn(waiting, process, 'answered by link');
		this.announce(waiting, process, undefined);
	}

	/** The execution is cancelled, or deleted, or its time is over. */
	end(waiting: Waiting, why: string): void {
		if (waiting.state === 'waiting') this.close(waiting, why);
	}

	/** How a trigger that runs in the process reaches its n8n. */
	port(process: HostProcess): AnswerPort {
		return {
			answer: (question, answer) => this.answer(process, question, answer),
			check: async (question) => {
				await this.later(process);
				const waiting = this.find(question);
				const word = this.isAway ? 'unreachable' : wordOf(waiting);
				await this.later(process);
				if (waiting && word === 'unreachable') this.world.oracle.questions.notTold(waiting.chat.id);
				return word;
			},
		};
	}

	private async answer(
		process: HostProcess,
		question: Question,
		answer: string,
	): Promise<Acceptance> {
		const { oracle, clock, random } = this.world;
		const sentAt = clock.now();
		await this.later(process);
		const waiting = this.find(question);
		// n8n opens it with the token that its credential has now.
		const about = waiting ? aboutQuestion(waiting.chat, waiting.question.id) : '';
		const reply = new Sealer(this.world.token).open(answer, about) as Reply | undefined;
		if (!waiting || !reply) {
			if (waiting && this.isAway) oracle.questions.notTold(waiting.chat.id);
			return this.isAway ? 'unreachable' : 'over';
		}
		const attempt = oracle.questions.handedOver(waiting, reply.messageId, sentAt);
		const word = this.isAway ? 'unreachable' : this.take(waiting, process, reply.messageId);
		const isLost = word !== 'unreachable' && random.chance(this.reception.losesWords);
		await this.later(process);
		attempt.told(isLost ? 'unknown' : word);
		return isLost ? 'unknown' : word;
	}

	private find({ wakePath }: Question): Waiting | undefined {
		return this.all.find(({ question }) => question.wakePath === wakePath);
	}

	private get isAway(): boolean {
		return this.world.clock.now() < this.awayUntil;
	}

	private take(waiting: Waiting, process: HostProcess, messageId: string): Acceptance {
		if (waiting.state !== 'waiting') return wordOf(waiting);
		this.world.oracle.questions.accepted(waiting, messageId);
		this.goOn(waiting, process, `answered by ${messageId}`);
		this.announce(waiting, process, messageId);
		return 'accepted';
	}

	/** It runs on, and its n8n says so to whoever comes with another answer. */
	private goOn(waiting: Waiting, process: HostProcess, why: string): void {
		const { clock, random } = this.world;
		this.close(waiting, why);
		waiting.state = 'answered';
		waiting.process = process;
		clock.after(random.between(1, RUNS_ON), () => {
			waiting.state = 'over';
		});
	}

	private close(waiting: Waiting, why: string): void {
		waiting.state = 'over';
		waiting.closedAt = this.world.clock.now();
		this.world.oracle.note(`${waiting.question.id} takes no answer any more: ${why}`);
	}

	private announce(
		{ question, chat }: Waiting,
		process: HostProcess,
		replyId: string | undefined,
	): void {
		if (!question.announces) return;
		const note: QuestionNote = { is: 'outcome', id: question.id, replyId };
		const sealed = new Sealer(this.world.token).seal(note, aboutChat(this.agentId, chat));
		const text = outcomeText(question.excerpt, { approved: true, responder: 'somebody' });
		this.world.oracle.questions.announced(question.id, sealed);
		process.say(chat, withHiddenNote(text, sealed));
	}

	/** An answer of a process that has died never comes. */
	private later(process: HostProcess): Promise<void> {
		const { clock, random } = this.world;
		const ms = random.chance(0.9)
			? random.between(1, 40)
			: random.between(1, this.reception.slowest);
		return new Promise((resolve) => {
			clock.after(ms, () => {
				if (process.alive) resolve();
			});
		});
	}
}

/** The product's own word for what n8n answers, see nodes/AgentClubTrigger/answers.ts. */
function wordOf(waiting: Waiting | undefined): Acceptance {
	if (waiting?.state === 'waiting') return 'accepted';
	return waiting && waiting.state !== 'over' && waiting.process.alive ? 'busy' : 'over';
}
