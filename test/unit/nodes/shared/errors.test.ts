import { ExpressionError, NodeApiError, NodeOperationError } from 'n8n-workflow';
import { AgentClubError, type ErrorCode } from '../../../../client/errors';
import { keepSecret } from '../../../../client/secrets';
import { toNodeError } from '../../../../nodes/shared/errors';
import { NODE } from '../../../support/fake-host';

const CONTEXT = { getNode: () => NODE };
const TOOL = {
	getNode: () => ({ ...NODE, type: 'n8n-nodes-agentclub.agentClubTool' }),
	getMode: () => 'trigger' as const,
};
const IN_SUB_WORKFLOW = { ...CONTEXT, getMode: () => 'integrated' as const };

describe('an error as n8n shows it', () => {
	it.each(['SETTINGS', 'BLOCKED', 'FILE', 'CANCELLED'] as ErrorCode[])(
		'is one of operation for %s, with what to do',
		(code) => {
			const error = toNodeError(
				CONTEXT,
				new AgentClubError(code, 'Wrong', { remedy: 'Mend it' }),
				3,
			);

			expect(error).toBeInstanceOf(NodeOperationError);
			expect(error).toMatchObject({
				message: 'Wrong',
				description: 'Mend it',
				context: { itemIndex: 3 },
			});
		},
	);

	it.each([
		'TOKEN_REFUSED',
		'UNREACHABLE',
		'REFUSED',
		'OUTCOME_UNKNOWN',
		'TIMEOUT',
		'OFFLINE',
	] as ErrorCode[])('is one of the API for %s', (code) => {
		const error = toNodeError(
			CONTEXT,
			new AgentClubError(code, 'No', { remedy: 'Ask', serverText: '没有' }),
			0,
		);

		expect(error).toBeInstanceOf(NodeApiError);
		expect(error).toMatchObject({
			message: 'No',
			description: 'Ask The server said: 没有',
			context: { itemIndex: 0 },
		});
	});

	it.each([
		['SETTINGS', 'for a tool', TOOL],
		['REFUSED', 'for a tool', TOOL],
		['SETTINGS', 'in a sub-workflow', IN_SUB_WORKFLOW],
		['REFUSED', 'in a sub-workflow', IN_SUB_WORKFLOW],
	] as [ErrorCode, string, typeof TOOL][])(
		'has everything in its message (%s, %s), because an agent tells its model nothing else',
		(code, _where, context) => {
			const error = toNodeError(
				context,
				new AgentClubError(code, 'No', { remedy: 'Ask.', serverText: '没有' }),
			);

			expect(error).toMatchObject({ message: 'No. Ask. The server said: 没有' });
			expect(error.description ?? '').toBe('');
		},
	);

	it.each([
		['UNREACHABLE', 'chat.test:5555 cannot be reached (ECONNREFUSED)'],
		['FILE', 'The file "a.txt" cannot be read: ENOENT'],
	] as [ErrorCode, string][])(
		'keeps its words where n8n has some of its own for a code in them (%s)',
		(code, words) => {
			expect(toNodeError(CONTEXT, new AgentClubError(code, words)).message).toBe(words);
		},
	);

	it("does not repeat the server's words where the message has them", () => {
		expect(
			toNodeError(CONTEXT, new AgentClubError('REFUSED', 'Refused: No', { serverText: 'No' }))
				.description ?? '',
		).not.toContain('The server said');
	});

	it("passes on what is n8n's own already", () => {
		const own = new NodeOperationError(NODE, 'own');

		expect(toNodeError(CONTEXT, own, 1)).toBe(own);
	});

	it("has n8n's own advice in its message too where a model reads nothing else", () => {
		const own = new NodeOperationError(NODE, 'No credentials.', { description: 'Choose some' });

		expect(toNodeError(TOOL, own)).toBe(own);
		expect(own.message).toBe('No credentials. Choose some');
		expect(toNodeError(TOOL, own).message).toBe('No credentials. Choose some');
	});

	it.each([
		['below the message', CONTEXT, 'Wrong', 'Mend it. None was sent.'],
		['in it where a model reads nothing else', TOOL, 'Wrong. Mend it. None was sent.', ''],
	])('says how far the run came, %s', (_where, context, message, description) => {
		const error = toNodeError(
			context,
			new AgentClubError('SETTINGS', 'Wrong', { remedy: 'Mend it.' }),
			1,
			'None was sent.',
		);

		expect([error.message, error.description ?? '']).toEqual([message, description]);
	});

	it("keeps n8n's explanation of an expression that fails, without secrets", () => {
		keepSecret('sk_agt_0123456789');
		const own = new ExpressionError('Referenced node does not exist: ECONNREFUSED', {
			description: 'sk_agt_0123456789 is not there',
			parameter: 'text',
			type: 'paired_item_no_info',
			itemIndex: 4,
		});
		const error = toNodeError(CONTEXT, own);

		expect(error).toBeInstanceOf(NodeOperationError);
		expect(error).toMatchObject({
			message: 'Referenced node does not exist: ECONNREFUSED',
			context: { parameter: 'text', type: 'paired_item_no_info', itemIndex: 4 },
		});
		expect(error.description).toMatch(/is not there$/);
		expect(error.description).not.toContain('0123456789');
		expect(toNodeError(CONTEXT, own, 2).context.itemIndex).toBe(2);
	});

	it('is one of operation for anything else', () => {
		expect(toNodeError(CONTEXT, new TypeError('a bug'), 1)).toBeInstanceOf(NodeOperationError);
		expect(toNodeError(CONTEXT, 'a text').message).toBe('a text');
	});
});
