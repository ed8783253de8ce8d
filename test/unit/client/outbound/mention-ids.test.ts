import { checkMentionIds, readMentionIds } from '../../../../client/outbound/mention-ids';
import { member } from '../../../support/sample-messages';

const MEMBERS = [member('u_1', 'Mia'), member('u_2', 'Sam'), member('u_3', 'sam')];
const failing = (message: string, remedy: string) =>
	expect.objectContaining({
		code: 'SETTINGS',
		message: expect.stringContaining(message) as string,
		remedy: expect.stringContaining(remedy) as string,
	}) as Error;

describe('IDs to mention', () => {
	it.each([
		['u_1, u_2'],
		['@u_1,#u_2'],
		[['u_1', '@u_2 ', null, '']],
		['["u_1", "@u_2"]'],
		[' ＠u_1 , # u_2 ,'],
		['"u_1", "u_2"'],
		['[u_1, u_2]'],
		["['u_1', '@u_2']"],
	])('are read from %j', (given) => {
		expect(readMentionIds(given)).toEqual(['u_1', 'u_2']);
	});

	it.each([[''], [undefined], [null], [[]]])('are none in %j', (given) => {
		expect(readMentionIds(given)).toEqual([]);
	});

	it.each([[{ id: 'u_1', name: 'Mia' }], [[{ id: 'u_1' }]], ['[{"id":"u_1"}]'], ['{"id":"u_1"}']])(
		'are not %j: the error gives the ID',
		(given) => {
			expect(() => readMentionIds(given)).toThrow(failing('an object', '"u_1"'));
		},
	);

	it.each([['["u_1"'], ['["u_1" "u_2"]'], ['[["u_1", "u_2"]'], ['{"id":"u_1"'], ['{u_1, u_2}']])(
		'are not found in JSON that is broken: of %s the error says what to give',
		(given) => {
			expect(() => readMentionIds(given)).toThrow(failing(given, 'separated by commas'));
		},
	);

	it.each([
		['Mia', '"u_1"'],
		['mia', '"u_1"'],
		['Sam', '"u_2" or "u_3"'],
		['Nobody', 'id of a member'],
	])('are not a name such as %j: the error gives the ID', (name, id) => {
		expect(() => {
			checkMentionIds([name], MEMBERS);
		}).toThrow(failing(`"${name}"`, id));
	});

	it('may be of somebody who is no member, "all", and unknown where nobody can tell', () => {
		checkMentionIds(['u_9', 'all', '0123456789abcdef0123456789abcdef'], MEMBERS);
		checkMentionIds(['odd-id'], null);
		checkMentionIds(['odd-id'], [member('odd-id', 'Odd')]);
		expect(() => {
			checkMentionIds(['Mia Berg'], null);
		}).toThrow(failing('Mia Berg', 'id of a member'));
	});
});
