import type { Clock } from '../clock';
import type { Chat } from '../protocol/chat';
import { withHiddenNote } from '../protocol/hidden-note';
import type { OpenQuestions } from './open-questions';
import { aboutChat, type AskedQuestion, type QuestionNote } from './question';
import { timedOutText } from './question-text';
import type { ReplyDeskPort } from './reply-desk-port';
import type { Sealer } from './sealer';

/** ms from a question's end until its chat is told: hosts look at their clock now and then. */
const AFTER_THE_END = 5000;
/**
 * A host that still takes an answer, or cannot be reached, is asked again after so many ms, for so
 * long: n8n looks at its clock once a minute. From then on each pause is as long as the question is
 * over, up to an hour.
 */
const NEXT_LOOK = 10_000;
const OFTEN_FOR = 120_000;
const LONGEST_LOOK = 3_600_000;

/** Ends questions that nobody has answered in time, and tells the chats that are to know. */
export class TimeLimits {
	constructor(
		private readonly clock: Clock,
		private readonly port: Pick<ReplyDeskPort, 'answers' | 'say'>,
		private readonly questions: () => OpenQuestions,
		private readonly sealer: Sealer,
		private readonly agentId: string,
	) {}

	/** Whether the time to answer has passed. */
	isOver({ until }: AskedQuestion): boolean {
		return until !== undefined && this.clock.wallTime() > until + AFTER_THE_END;
	}

	/** Looks at the question when its time is over, unless it has none. */
	watch(question: AskedQuestion, chat: Chat): void {
		const { until, id } = question;
		if (until === undefined) return;
		if (this.isOver(question)) this.questions().forget(chat, id);
		else this.lookAfter(until + AFTER_THE_END - this.clock.wallTime(), question, chat);
	}

	private lookAfter(ms: number, question: AskedQuestion, chat: Chat): void {
		this.clock.after(ms, () => void this.look(question, chat), { background: true });
	}

	private async look(question: AskedQuestion, chat: Chat): Promise<void> {
		const answers = this.port.answers();
		if (this.questions().hasEnded(question.id)) return;
		// No timer is longer than 24.8 days.
		const left = (question.until ?? 0) - this.clock.wallTime();
		if (left > 0) {
			this.watch(question, chat);
			return;
		}
		if (!answers || !question.announces) {
			this.questions().forget(chat, question.id);
			return;
		}
		const acceptance = answers === 'soon' ? 'unreachable' : await answers.check(question);
		const isTold = acceptance === 'over' || acceptance === 'busy';
		if (!isTold) this.lookAfter(pauseAfter(-left), question, chat);
		else if (!this.questions().hasEnded(question.id)) this.end(question, chat);
	}

	private end({ id, excerpt }: AskedQuestion, chat: Chat): void {
		this.questions().end(chat, id);
		const note: QuestionNote = { is: 'outcome', id, replyId: undefined };
		const sealed = this.sealer.seal(note, aboutChat(this.agentId, chat));
		this.port.say(chat, withHiddenNote(timedOutText(excerpt), sealed));
	}
}

/** @param over ms since the question's end */
function pauseAfter(over: number): number {
	return over < OFTEN_FOR ? NEXT_LOOK : Math.min(over, LONGEST_LOOK);
}
