import { type IDataObject, type INodeProperties } from 'n8n-workflow';
import { AgentClubError } from '../../../client/errors';
import { oneOf } from '../../shared/one-of';
import { textOf } from '../actions/parameters';
import { momentOf } from '../history/moment';

/** How long a question waits: n8n's own field, in the shape that its other nodes have. */
export const limitWaitTimeField: INodeProperties = {
	displayName: 'Limit Wait Time',
	name: 'limitWaitTime',
	type: 'fixedCollection',
	description:
		'How long to wait for an answer. Then the workflow goes on with "timedOut": true; without a limit it waits for ever.',
	default: { values: { limitType: 'afterTimeInterval', resumeAmount: 45, resumeUnit: 'minutes' } },
	options: [
		{
			displayName: 'Values',
			name: 'values',
			values: [
				{
					displayName: 'Limit Type',
					name: 'limitType',
					type: 'options',
					default: 'afterTimeInterval',
					description: 'Whether to wait for a while, or until a date',
					options: [
						{
							name: 'After Time Interval',
							value: 'afterTimeInterval',
							description: 'Waits for a certain amount of time',
						},
						{
							name: 'At Specified Time',
							value: 'atSpecifiedTime',
							description: 'Waits until a date and time',
						},
					],
				},
				{
					displayName: 'Amount',
					name: 'resumeAmount',
					type: 'number',
					displayOptions: { show: { limitType: ['afterTimeInterval'] } },
					typeOptions: { minValue: 0, numberPrecision: 2 },
					// Not the 45 above: n8n stores nothing that is a field's own default, and n8n 1.123 then
					// drops the limit with it.
					default: 0,
					description: 'How many of the unit below to wait',
				},
				{
					displayName: 'Unit',
					name: 'resumeUnit',
					type: 'options',
					displayOptions: { show: { limitType: ['afterTimeInterval'] } },
					options: [
						{ name: 'Minutes', value: 'minutes' },
						{ name: 'Hours', value: 'hours' },
						{ name: 'Days', value: 'days' },
					],
					default: 'minutes',
					description: 'Of the amount above',
				},
				{
					displayName: 'Max Date and Time',
					name: 'maxDateAndTime',
					type: 'dateTime',
					displayOptions: { show: { limitType: ['atSpecifiedTime'] } },
					default: '',
					description: 'When to go on without an answer',
				},
			],
		},
	],
};

const UNITS: Readonly<Record<string, number>> = {
	minutes: 60_000,
	hours: 3_600_000,
	days: 86_400_000,
};

/**
 * When a question is over; undefined for never.
 * @param now wall time in ms
 * @param timezone of a date that names none, as the editor's picker gives it
 * @throws AgentClubError SETTINGS
 */
export function timeLimit(options: IDataObject, now: number, timezone: string): Date | undefined {
	const { values } = (options.limitWaitTime ?? {}) as { readonly values?: IDataObject };
	if (!values) return undefined;
	const limit = new Date(limitIn(values, now, timezone));
	if (limit.getTime() > now) return limit;
	throw new AgentClubError('SETTINGS', '"Limit Wait Time" names no time that is still to come', {
		remedy: 'Give an amount above 0 with its unit, or a date and time in the future.',
	});
}

/** Wall time in ms; NaN for none. */
function limitIn(values: IDataObject, now: number, timezone: string): number {
	const { limitType = 'afterTimeInterval', resumeAmount, resumeUnit, maxDateAndTime } = values;
	const types = ['afterTimeInterval', 'atSpecifiedTime'] as const;
	if (oneOf('Limit Type', limitType, types) === 'atSpecifiedTime')
		return 1000 * (momentOf('Max Date and Time', maxDateAndTime, timezone) ?? Number.NaN);
	return now + Number(resumeAmount) * (UNITS[textOf(resumeUnit)] ?? Number.NaN);
}
