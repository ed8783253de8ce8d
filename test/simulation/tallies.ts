const COUNTS = {
	schedules: 0,
	messages: 0,
	executions: 0,
	faults: 0,
	crashes: 0,
	stops: 0,
	sends: 0,
	questions: 0,
	/** Replies that n8n took. */
	answers: 0,
	markFrames: 0,
	/** Messages that the server's cursor has passed; counted where several agents run. */
	marked: 0,
	lost: 0,
	orderBreaks: 0,
	early: 0,
	/** Without a crash, a stop or a trigger's end in between. */
	duplicates: 0,
	/** After one of these: what had been settled, but not confirmed read. */
	repeated: 0,
	/** Simulated seconds. */
	seconds: 0,
};

/** What a run of schedules counts. */
export type Tallies = typeof COUNTS;

export function noTallies(): Tallies {
	return { ...COUNTS };
}

export function sumOf(one: Tallies, other: Tallies): Tallies {
	const keys = Object.keys(COUNTS) as Array<keyof Tallies>;
	return Object.fromEntries(keys.map((key) => [key, one[key] + other[key]])) as Tallies;
}
