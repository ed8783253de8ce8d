import { type Clock, EXPIRED, withDeadline } from '../clock';
import type { AgentCredentials } from '../connection/credentials';
import { AgentClubError } from '../errors';
import type { AgentHttp } from '../http/agent-http';
import type { Inbox } from '../inbound/inbox';
import type { Replies } from '../inbound/inbox-port';
import type { Logger } from '../logger';
import type { Chat } from '../protocol/chat';
import type { Message } from '../protocol/message';
import type { RecentMessages } from '../questions/open-questions';
import { ReplyDesk } from '../questions/reply-desk';
import { Slots } from '../slots';
import { say, type SpeakingSession } from './say';

/** What taking replies needs of the agent's session. */
interface AskingSession extends SpeakingSession {
	readonly clock: Clock;
	readonly credentials: AgentCredentials;
	readonly http: AgentHttp;
	readonly inbox: Pick<Inbox, 'allSubscriptions'>;
}

/** Chats whose history is read at a time, for one agent. */
const AT_A_TIME = 4;
/** ms in which the server has to give the history of a chat. */
const HISTORY_DEADLINE = 5000;
/**
 * ms in which no history is asked for, after one that the server did not give in time: a server
 * that hangs costs one deadline, not one for each message.
 */
const REST_AFTER_DEADLINE = 5000;

/**
 * Takes the replies to an agent's questions, as long as the agent has a trigger. The desk is made
 * at the agent's first message: for each idle agent it would hold 3 KB (`bench/idle.ts`).
 */
export function sessionReplies(session: AskingSession, logger: Logger): Replies {
	let made: { readonly agentId: string; readonly desk: ReplyDesk } | undefined;
	// A token may become another agent's: what one has asked is no concern of the other.
	const deskOf = (agentId: string): ReplyDesk => {
		if (made?.agentId !== agentId) made = { agentId, desk: makeDesk(session, agentId, logger) };
		return made.desk;
	};
	return {
		newConnection: () => made?.desk.newConnection(),
		sawOwn: (message, selfId) => {
			deskOf(selfId).sawOwn(message);
		},
		decide: (message, selfId) => deskOf(selfId).decide(message),
	};
}

function makeDesk(session: AskingSession, agentId: string, logger: Logger): ReplyDesk {
	const { clock } = session;
	return new ReplyDesk(
		clock,
		logger,
		{
			answers: () => {
				const lives = Array.from(session.inbox.allSubscriptions(), ({ current }) => current);
				const answers = lives.find((life) => life?.answers)?.answers;
				if (answers) return answers;
				const areAllBetweenLives = lives.length > 0 && lives.every((life) => !life);
				return areAllBetweenLives ? 'soon' : undefined;
			},
			recentMessages: recentMessages(session, clock),
			say: (chat, text) => {
				const what = 'The outcome of a question';
				void say(session, { chat, text, what, by: agentId }, logger);
			},
		},
		{ id: agentId, token: session.credentials.token },
	);
}

function recentMessages(session: AskingSession, clock: Clock): RecentMessages {
	const slots = new Slots(AT_A_TIME);
	/** Monotonic ms. */
	let restsUntil = Number.NEGATIVE_INFINITY;
	const ask = async (chat: Chat): Promise<readonly Message[]> => {
		if (clock.now() < restsUntil) throw noAnswer();
		const cut = new AbortController();
		const reading = session.http.history(chat, { signal: cut.signal });
		const page = await withDeadline(clock, HISTORY_DEADLINE, reading);
		if (page !== EXPIRED) return page.messages;
		restsUntil = clock.now() + REST_AFTER_DEADLINE;
		cut.abort();
		throw noAnswer();
	};
	return async (chat) => {
		await slots.take();
		try {
			return await ask(chat);
		} finally {
			slots.release();
		}
	};
}

function noAnswer(): AgentClubError {
	return new AgentClubError('UNREACHABLE', `No answer within ${HISTORY_DEADLINE / 1000} s`);
}
