import type { AgentSession } from '../../client/agent/agent-session';
import { AgentClubError, describeError } from '../../client/errors';
import { composeText } from '../../client/outbound/compose';
import type { MessageRecord } from '../../playground/club/records';
import type { HostProcess } from './host-process';
import type { Oracle } from './oracle';

interface Sent {
	readonly number: number;
	readonly chat: { type: string; id: string };
	readonly text: string;
	readonly process: HostProcess;
	/** Which connection it left on: one for each token. */
	readonly session: AgentSession;
	/** An error's code, or what the confirmation says; undefined as long as nobody knows. */
	outcome: { readonly messageId: string } | { readonly error: AgentClubError | Error } | undefined;
}

/**
 * What workflows send, each with a text of its own, and whether each came to exactly one end
 * (invariants 7 and 8).
 */
export class Sends {
	private readonly all: Sent[] = [];

	constructor(private readonly oracle: Oracle) {}

	send(process: HostProcess, chat: { type: string; id: string }, signal: AbortSignal): void {
		const number = this.all.length;
		const session = process.session();
		const sent: Sent = {
			number,
			chat,
			text: `answer ${number}`,
			process,
			session,
			outcome: undefined,
		};
		this.all.push(sent);
		const release = session.lease();
		session
			.send(composeText(chat, sent.text, 'text'), signal)
			.then(
				({ messageId }) => {
					sent.outcome = { messageId };
				},
				(error: unknown) => {
					sent.outcome = {
						error: error instanceof Error ? error : new Error(describeError(error)),
					};
				},
			)
			.finally(release);
	}

	/** With everything at rest. @param stored what the agent has in a chat, oldest first */
	judge(stored: (chatKey: string) => readonly MessageRecord[]): number {
		for (const sent of this.all) this.judgeOne(sent, stored(`${sent.chat.type}_${sent.chat.id}`));
		this.judgeOrder(stored);
		return this.all.length;
	}

	private judgeOne(sent: Sent, stored: readonly MessageRecord[]): void {
		const copies = stored.filter(({ content }) => content === sent.text);
		const { outcome, text } = sent;
		if (copies.length > 1) this.oracle.fail(`"${text}" stands ${copies.length} times in its chat`);
		if (!outcome) {
			if (sent.process.alive) this.oracle.fail(`"${text}" has no outcome`);
			return;
		}
		if ('messageId' in outcome) {
			if (copies[0]?.id !== outcome.messageId)
				this.oracle.fail(
					`"${text}" was confirmed as ${outcome.messageId}, but the chat has ` +
						(copies[0]?.id ?? 'nothing'),
				);
			return;
		}
		const code = outcome.error instanceof AgentClubError ? outcome.error.code : undefined;
		if (code === undefined)
			this.oracle.fail(`"${text}" failed with ${describeError(outcome.error)}`);
		if (copies.length > 0 && code !== 'OUTCOME_UNKNOWN')
			this.oracle.fail(
				`"${text}" failed with ${code} (${describeError(outcome.error)}), but it ` +
					'stands in its chat',
			);
	}

	/** What was confirmed stands in the order in which it was sent, connection by connection. */
	private judgeOrder(stored: (chatKey: string) => readonly MessageRecord[]): void {
		const last = new Map<string, { createdAt: number; text: string; session: AgentSession }>();
		for (const sent of this.all) {
			if (!sent.outcome || !('messageId' in sent.outcome)) continue;
			const key = `${sent.chat.type}_${sent.chat.id}`;
			const copy = stored(key).find(({ content }) => content === sent.text);
			const before = last.get(key);
			if (copy && before?.session === sent.session && before.createdAt > copy.createdAt)
				this.oracle.fail(`"${sent.text}" stands before "${before.text}", which was sent earlier`);
			if (copy)
				last.set(key, { createdAt: copy.createdAt, text: sent.text, session: sent.session });
		}
	}
}
