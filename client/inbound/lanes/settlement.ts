/**
 * What becomes of a message when its execution has ended: the table in docs/how-it-works.md, as a
 * pure function.
 */

/** When a message counts as read. */
export type AcknowledgeMode = 'immediately' | 'onCompletion' | 'onSuccess' | 'manually';

/** How an execution ended. */
export type Outcome =
	| 'success' // or waiting: it reached a Wait node
	| 'failed' // error, crashed, timed out, or ended by n8n before it began
	| 'stopped' // cancelled by hand
	| 'shutdown' // n8n called it off because it is closing
	| 'notCreated' // no execution could be created
	| 'overdue'; // nothing within the lane timeout

export type Verdict =
	| 'settle' // count as dealt with
	| 'giveUp' // settle, and tell the chat that it failed
	| 'retry' // the next attempt, after the retry delay
	| 'again' // no attempt was made: emit again after a pause
	| 'keep' // not settled: it comes again with the trigger's next life, or after 5 s
	| 'outlive' // the lane goes on, the message stays unread until its execution ends
	| 'unmarked'; // the lane goes on, the message stays unread

export interface Circumstances {
	readonly mode: AcknowledgeMode;
	/** The trigger's life that started the execution, or n8n, is closing. */
	readonly closing: boolean;
	/** Whether `onSuccess` has another attempt for it. */
	readonly attemptsLeft: boolean;
}

export function verdictOn(
	outcome: Outcome,
	{ mode, closing, attemptsLeft }: Circumstances,
): Verdict {
	if (outcome === 'overdue') return whenOverdue(mode);
	// An n8n that closes stops its task runners. Code nodes then fail, through no fault of the
	// message (`test/e2e/polite-stop.test.ts`).
	if (outcome !== 'success' && (closing || outcome === 'shutdown')) return 'keep';
	if (outcome === 'notCreated') return 'again';
	if (mode === 'manually') return 'unmarked';
	// Who stops an execution by hand means it: it does not start again by itself.
	if (outcome === 'success' || outcome === 'stopped') return 'settle';
	return mode === 'onSuccess' && attemptsLeft ? 'retry' : 'giveUp';
}

function whenOverdue(mode: AcknowledgeMode): Verdict {
	if (mode === 'manually') return 'unmarked';
	return mode === 'onSuccess' ? 'outlive' : 'settle';
}
