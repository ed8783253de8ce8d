import { tryToParseDateTime } from 'n8n-workflow';
import { AgentClubError } from '../../../client/errors';

/** Seconds since 1970 above which a number can only be milliseconds: the year 5138. */
const LARGEST_SECONDS = 1e11;

/**
 * A moment that a workflow gives: seconds (a message's `timestamp`), ISO text, or a date of n8n's
 * expressions.
 * @param timezone of texts that name none
 * @returns float seconds since 1970, undefined for nothing
 * @throws AgentClubError SETTINGS, naming the field and its value
 */
export function momentOf(field: string, value: unknown, timezone: string): number | undefined {
	if (value === undefined || value === null) return undefined;
	if (typeof value === 'string' && value.trim() === '') return undefined;
	const seconds = isNumeric(value) ? Number(value) : parsed(value, timezone);
	if (seconds !== undefined && seconds >= 0 && seconds <= LARGEST_SECONDS) return seconds;
	const isMilliseconds = seconds !== undefined && seconds > LARGEST_SECONDS;
	throw new AgentClubError(
		'SETTINGS',
		`"${field}" has the value ${shown(value)}, which is no moment in time`,
		{
			remedy:
				`Give ISO text such as 2026-06-01T09:30:00Z, or seconds since 1970 such as a message's ` +
				`timestamp.${isMilliseconds ? ' These look like milliseconds: divide them by 1000.' : ''}`,
		},
	);
}

function isNumeric(value: unknown): value is number | string {
	if (typeof value !== 'string') return typeof value === 'number';
	return /^\s*-?\d+(\.\d+)?\s*$/.test(value) && !IS_ISO_DATE.test(value);
}

/** A year, or a date without its hyphens: as seconds they would be in 1970. */
const IS_ISO_DATE = /^\s*(?:19|20)\d{2}(?:[01]\d[0-3]\d)?\s*$/;

function parsed(value: unknown, timezone: string): number | undefined {
	try {
		return (tryToParseDateTime(value, timezone) as { toMillis(): number }).toMillis() / 1000;
	} catch {
		return undefined; // no date in any form that n8n knows: the caller names the field
	}
}

/** JSON has no word for a number that is none. */
function shown(value: unknown): string {
	return typeof value === 'number' ? String(value) : JSON.stringify(value);
}
