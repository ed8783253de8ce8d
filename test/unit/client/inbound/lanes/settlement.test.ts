import {
	type AcknowledgeMode,
	type Circumstances,
	type Outcome,
	verdictOn,
	type Verdict,
} from '../../../../../client/inbound/lanes/settlement';

type Row = [Outcome, Partial<Circumstances>, Record<AcknowledgeMode, Verdict>];

const OPEN = { closing: false, attemptsLeft: true };
const LAST = { closing: false, attemptsLeft: false };
const CLOSING = { closing: true, attemptsLeft: true };

/** The design's table, row by row. */
const ROWS: Row[] = [
	[
		'success',
		OPEN,
		{ immediately: 'settle', onCompletion: 'settle', onSuccess: 'settle', manually: 'unmarked' },
	],
	[
		'failed',
		OPEN,
		{ immediately: 'giveUp', onCompletion: 'giveUp', onSuccess: 'retry', manually: 'unmarked' },
	],
	[
		'failed',
		LAST,
		{ immediately: 'giveUp', onCompletion: 'giveUp', onSuccess: 'giveUp', manually: 'unmarked' },
	],
	[
		'stopped',
		OPEN,
		{ immediately: 'settle', onCompletion: 'settle', onSuccess: 'settle', manually: 'unmarked' },
	],
	[
		'stopped',
		LAST,
		{ immediately: 'settle', onCompletion: 'settle', onSuccess: 'settle', manually: 'unmarked' },
	],
	[
		'shutdown',
		OPEN,
		{ immediately: 'keep', onCompletion: 'keep', onSuccess: 'keep', manually: 'keep' },
	],
	[
		'notCreated',
		OPEN,
		{ immediately: 'again', onCompletion: 'again', onSuccess: 'again', manually: 'again' },
	],
	[
		'notCreated',
		LAST,
		{ immediately: 'again', onCompletion: 'again', onSuccess: 'again', manually: 'again' },
	],
	[
		'overdue',
		OPEN,
		{ immediately: 'settle', onCompletion: 'settle', onSuccess: 'outlive', manually: 'unmarked' },
	],
	[
		'overdue',
		LAST,
		{ immediately: 'settle', onCompletion: 'settle', onSuccess: 'outlive', manually: 'unmarked' },
	],
	[
		'success',
		CLOSING,
		{ immediately: 'settle', onCompletion: 'settle', onSuccess: 'settle', manually: 'unmarked' },
	],
	[
		'failed',
		CLOSING,
		{ immediately: 'keep', onCompletion: 'keep', onSuccess: 'keep', manually: 'keep' },
	],
	[
		'stopped',
		CLOSING,
		{ immediately: 'keep', onCompletion: 'keep', onSuccess: 'keep', manually: 'keep' },
	],
	[
		'shutdown',
		CLOSING,
		{ immediately: 'keep', onCompletion: 'keep', onSuccess: 'keep', manually: 'keep' },
	],
	[
		'notCreated',
		CLOSING,
		{ immediately: 'keep', onCompletion: 'keep', onSuccess: 'keep', manually: 'keep' },
	],
	[
		'overdue',
		CLOSING,
		{ immediately: 'settle', onCompletion: 'settle', onSuccess: 'outlive', manually: 'unmarked' },
	],
];

const CELLS = ROWS.flatMap(([outcome, circumstances, verdicts]) =>
	(Object.entries(verdicts) as Array<[AcknowledgeMode, Verdict]>).map(([mode, verdict]) => ({
		outcome,
		...circumstances,
		mode,
		verdict,
	})),
);

describe('what becomes of a message whose execution ended', () => {
	it.each(CELLS)(
		'as $outcome, in $mode (closing: $closing, attempts left: $attemptsLeft): $verdict',
		({ outcome, mode, verdict, ...rest }) => {
			expect(verdictOn(outcome, { mode, closing: false, attemptsLeft: false, ...rest })).toBe(
				verdict,
			);
		},
	);
});
