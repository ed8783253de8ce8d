import type { Member } from '../../../../client/protocol/answers';
import { MemberNames } from '../../../../client/protocol/member-names';
import { STANDSTILL, withoutStandstill } from '../../../support/standstill';
import { member } from '../../../support/sample-messages';

const ambiguousIds = (roster: readonly Member[]) => MemberNames.of(roster).ambiguousIds;

describe('names that two members share', () => {
	it('are told whatever their case', () => {
		expect(
			ambiguousIds([member('u_1', 'Bob'), member('u_2', 'bob'), member('u_3', 'Alice')]),
		).toEqual(new Set(['u_1', 'u_2']));
	});

	it('are told by what people see of them', () => {
		expect(ambiguousIds([member('u_1', 'Bob'), member('u_2', 'B\u200bob')]).size).toBe(2);
		expect(ambiguousIds([member('u_1', 'Bob'), member('u_2', 'B.ob')]).size).toBe(0);
		expect(ambiguousIds([member('u_1', 'Bob'), member('u_2', ' <Bob> ')])).toEqual(
			new Set(['u_1', 'u_2']),
		);
	});

	it(
		'are told however many there are',
		() => {
			const roster = Array.from({ length: 300_000 }, (_, index) => member(`u_${index}`, 'Bob'));
			expect(withoutStandstill(() => ambiguousIds(roster)).size).toBe(300_000);
		},
		STANDSTILL,
	);
});
