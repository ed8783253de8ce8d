/**
 * What becomes of a message when its execution has ended: the design's table, as a pure function.
 */

/** When a message counts as read. */
export type AcknowledgeMode = 'immediately' | 'onCompletion' | 'onSuccess' | 'manually';

/** How an execution ended. */
export type Outcome =
	| 'success' // or waiting: it reached a Wait node
	| 'failed' // error, crashed
	| 'stopped' // cancelled by hand, timed out
	| 'shutdown' // n8n called it off because it is closing
	| 'notCreated' // no execution could be created
	| 'overdue'; // nothing within the lane timeout

export type Verdict =
	| 'settle' // count as dealt with
	| 'giveUp' // settle, and tell the chat that it failed
	| 'retry' // the next attempt, after the retry delay
	| 'again' // no attempt was made: emit again after a pause
	| 'keep' // not settled: it comes again with the trigger's next life
	| 'free'; // the lane goes on, the message stays unread

export interface Circumstances {
	readonly mode: AcknowledgeMode;
	/** The trigger's life that started the execution, or n8n, is closing. */
	readonly closing: boolean;
	/** Whether `onSuccess` has another attempt for it. */
	readonly attemptsLeft: boolean;
}

export function settle(outcome: Outcome, { mode, closing, attemptsLeft }: Circumstances): Verdict {
	if (outcome === 'overdue') return mode === 'manually' ? 'free' : 'settle';
	// A closing n8n stops its task runners: Code nodes fail then, through no fault of the message
	// (measured).
	if (outcome !== 'success' && (closing || outcome === 'shutdown')) return 'keep';
	if (outcome === 'notCreated') return 'again';
	if (mode === 'manually') return 'free';
	if (outcome === 'success') return 'settle';
	if (mode === 'onSuccess') return attemptsLeft ? 'retry' : 'giveUp';
	return outcome === 'failed' ? 'giveUp' : 'settle';
}
