import { AgentClubError } from '../../client/errors';

/**
 * The value of a parameter with a fixed choice; an expression may give anything.
 * @throws AgentClubError SETTINGS
 */
export function oneOf<T extends string>(field: string, value: unknown, allowed: readonly T[]): T {
	const match = allowed.find((entry) => entry === value);
	if (match !== undefined) return match;
	throw wrongValue(field, value, allowed);
}

export function wrongValue(
	field: string,
	value: unknown,
	allowed: readonly string[],
): AgentClubError {
	return new AgentClubError(
		'SETTINGS',
		`"${field}" has the value ${JSON.stringify(value)}, which does not exist`,
		{
			remedy: `Use one of: ${allowed.join(', ')}.`,
		},
	);
}
