import { isSeconds } from '../protocol/fields';

/** Lists in the order of `created_at`. */

/**
 * Messages nearly always arrive in order, so the end is looked at first; equal times keep their
 * order of arrival.
 * @param from where the part of the list begins that may change
 */
export function insertSorted<T extends { readonly createdAt: number }>(
	list: T[],
	item: T,
	from = 0,
): void {
	const isBehind = (at: number) => (list[at]?.createdAt ?? 0) <= item.createdAt;
	if (list.length <= from || isBehind(list.length - 1)) {
		list.push(item);
		return;
	}
	// The place is between `low`, behind which it belongs, and `high`, before which it does.
	let low = from - 1;
	let high = list.length - 1;
	while (high - low > 1) {
		const middle = (low + high) >> 1;
		if (isBehind(middle)) low = middle;
		else high = middle;
	}
	list.splice(high, 0, item);
}

/**
 * Where the entries end that have the `created_at` of the one at `from`; they stand side by side.
 */
export function endOfTime(
	list: ReadonlyArray<{ readonly createdAt: number }>,
	from: number,
): number {
	let end = from + 1;
	while (end < list.length && list[end]?.createdAt === list[from]?.createdAt) end += 1;
	return end;
}

/**
 * A batch in the order of `created_at`, as the servers send it: its first messages are begun before
 * its last ones are looked at. A row whose time cannot be read comes last.
 */
export function inTimeOrder(batch: readonly unknown[]): readonly unknown[] {
	let latest = 0;
	for (const row of batch) {
		const time = timeOf(row);
		if (time < latest)
			return [...batch].sort((one, other) =>
				timeOf(one) < timeOf(other) ? -1 : Number(timeOf(one) > timeOf(other)),
			);
		latest = time;
	}
	return batch;
}

/** Seconds. */
function timeOf(row: unknown): number {
	const { created_at: time } = (row ?? {}) as { readonly created_at?: unknown };
	return isSeconds(time) ? time : Number.POSITIVE_INFINITY;
}
