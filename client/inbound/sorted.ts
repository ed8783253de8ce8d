/** Lists in the order of `created_at`. */

/** Messages nearly always arrive in order, so the place is looked for from the end; equal times keep their order of arrival. */
export function insertSorted<T extends { readonly createdAt: number }>(list: T[], item: T, from = 0): void {
	let at = list.length;
	while (at > from && (list[at - 1]?.createdAt ?? 0) > item.createdAt) at -= 1;
	if (at === list.length) list.push(item);
	else list.splice(at, 0, item);
}

/** The entries of one `created_at`, which stand side by side. */
export function sameTimeFrom<T extends { readonly createdAt: number }>(list: readonly T[], from: number): T[] {
	let end = from + 1;
	while (list[end]?.createdAt === list[from]?.createdAt && end < list.length) end += 1;
	return list.slice(from, end);
}
