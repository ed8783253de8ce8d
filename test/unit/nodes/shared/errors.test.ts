import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { AgentClubError, type ErrorCode } from '../../../../client/errors';
import { toNodeError } from '../../../../nodes/shared/errors';
import { NODE } from '../../../support/fake-host';

describe('an error as n8n shows it', () => {
	it.each(['SETTINGS', 'BLOCKED', 'FILE', 'CANCELLED'] as ErrorCode[])(
		'is one of operation for %s, with what to do',
		(code) => {
			const error = toNodeError(NODE, new AgentClubError(code, 'Wrong', { remedy: 'Mend it' }), 3);

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
			NODE,
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

	it.each(['SETTINGS', 'REFUSED'] as ErrorCode[])(
		'has everything in its message for a tool, of which a model sees nothing else (%s)',
		(code) => {
			const error = toNodeError(
				{ ...NODE, type: 'n8n-nodes-agentclub.agentClubTool' },
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
			expect(toNodeError(NODE, new AgentClubError(code, words)).message).toBe(words);
		},
	);

	it("does not repeat the server's words where the message has them", () => {
		expect(
			toNodeError(NODE, new AgentClubError('REFUSED', 'Refused: No', { serverText: 'No' }))
				.description ?? '',
		).not.toContain('The server said');
	});

	it("passes on what is n8n's own already", () => {
		const own = new NodeOperationError(NODE, 'own');

		expect(toNodeError(NODE, own, 1)).toBe(own);
	});

	it('is one of operation for anything else', () => {
		expect(toNodeError(NODE, new TypeError('a bug'), 1)).toBeInstanceOf(NodeOperationError);
		expect(toNodeError(NODE, 'a text').message).toBe('a text');
	});
});
