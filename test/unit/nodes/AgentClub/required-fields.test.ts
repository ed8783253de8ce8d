import { type INodeParameters, NodeHelpers } from 'n8n-workflow';
import { AgentClub } from '../../../../nodes/AgentClub/AgentClub.node';
import { NODE } from '../../../support/fake-host';

const { description } = new AgentClub();

/** What n8n says of a Send node with these parameters, before it runs or publishes it. */
function issues(parameters: INodeParameters): string[] {
	const node = { ...NODE, typeVersion: 1 };
	const values = NodeHelpers.getNodeParameters(
		description.properties,
		{ resource: 'message', operation: 'send', ...parameters },
		true,
		false,
		node,
		description,
	);
	const found = NodeHelpers.getNodeParametersIssues(
		description.properties,
		{ ...node, parameters: values ?? {} },
		description,
	);
	return Object.values(found?.parameters ?? {}).flat();
}

const CHAT = { __rl: true, mode: 'id', value: 'gc_1' };
const PERSON = { __rl: true, mode: 'id', value: 'u_1' };

describe('where a message goes', () => {
	it.each([
		[{}, []],
		[{ sendTo: 'triggeringChat' }, []],
		[{ sendTo: 'chat' }, ['Parameter "Chat" is required.']],
		[{ sendTo: 'user' }, ['Parameter "Person" is required.']],
		[
			{ operation: 'sendAndWait', message: 'Well?', sendTo: 'chat' },
			['Parameter "Chat" is required.'],
		],
		[{ sendTo: 'chat', chatId: CHAT }, []],
		[{ sendTo: 'user', userId: PERSON }, []],
	])('is demanded of the field that is chosen: %j', (parameters, expected) => {
		expect(issues(parameters)).toEqual(expected);
	});

	it.each([[{ chatId: CHAT }], [{ userId: PERSON }], [{ chatId: CHAT, userId: PERSON }], [{}]])(
		'chosen by an expression needs no field that it may not choose: %j',
		(fields) => {
			for (const sendTo of ['={{ $json.to }}', "={{ $fromAI('to', 'chat or user') }}"]) {
				expect(issues({ sendTo, ...fields })).toEqual([]);
				expect(issues({ operation: 'sendTyping', sendTo, ...fields })).toEqual([]);
				const question = { operation: 'sendAndWait', message: 'Well?' };
				expect(issues({ ...question, sendTo, ...fields })).toEqual([]);
			}
		},
	);

	it.each([['={{ $json.to }}'], ['chat'], ['user']])(
		'keeps both fields of a workflow that has %s',
		(sendTo) => {
			const kept = NodeHelpers.getNodeParameters(
				description.properties,
				{ resource: 'message', operation: 'send', sendTo, chatId: CHAT, userId: PERSON },
				false,
				false,
				{ ...NODE, typeVersion: 1 },
				description,
			);

			expect(kept).toMatchObject({
				...(sendTo !== 'user' && { chatId: CHAT }),
				...(sendTo !== 'chat' && { userId: PERSON }),
			});
		},
	);
});
