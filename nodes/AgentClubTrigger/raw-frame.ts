import type { IDataObject } from 'n8n-workflow';
import { withoutNul } from '../../client/protocol/fields';

/**
 * Levels of a frame that are kept. A server's own frames have two. JSON with thousands of levels
 * cannot be stored (`test/unit/nodes/AgentClubTrigger/items.test.ts`).
 */
const MOST_LEVELS = 32;

/**
 * The frame as it came, without NUL, for the item's `raw`. What lies deeper than any server would
 * put it is left out.
 */
export function rawFrame(frame: unknown): IDataObject {
	return atMost(MOST_LEVELS, frame) as IDataObject;
}

function atMost(levels: number, value: unknown): unknown {
	if (typeof value === 'string') return withoutNul(value);
	if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
	if (levels === 0) return null;
	if (Array.isArray(value)) return value.map((entry) => atMost(levels - 1, entry));
	return Object.fromEntries(
		Object.entries(value).map(([key, entry]) => [withoutNul(key), atMost(levels - 1, entry)]),
	);
}
