/**
 * n8n's form for execution data, in which objects may refer to one another. It is a JSON list whose
 * first entry is the whole. Every string inside an object or list is the index of the entry that
 * belongs there.
 */
export function unflatten(text: string): unknown {
	const entries = JSON.parse(text) as unknown[];
	const done = new Set<object>();
	const resolve = (index: number): unknown => {
		const entry = entries[index];
		if (typeof entry !== 'object' || entry === null || done.has(entry)) return entry;
		done.add(entry);
		for (const [key, value] of Object.entries(entry)) {
			if (typeof value === 'string')
				(entry as Record<string, unknown>)[key] = resolve(Number(value));
		}
		return entry;
	};
	return resolve(0);
}
