/** Lists in the order of `created_at`. */

/** Messages nearly always arrive in order, so the place is looked for from the end; equal times keep their order of arrival. */
export function insertSorted<T extends { readonly createdAt: number }>(list: T[], item: T, from = 0): void {
	let at = list.length;
	while (at > from && (list[at - 1]?.createdAt ?? 0) > item.createdAt) at -= 1;
	if (at === list.length) list.push(item);
	else list.splice(at, 0, item);
}

/** Where the entries end that have the `created_at` of the one at `from`; they stand side by side. */
export function endOfTime(list: ReadonlyArray<{ readonly createdAt: number }>, from: number): number {
	let end = from + 1;
	while (end < list.length && list[end]?.createdAt === list[from]?.createdAt) end += 1;
	return end;
}
