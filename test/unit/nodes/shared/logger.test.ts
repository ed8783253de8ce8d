import { nodeLogger } from '../../../../nodes/shared/logger';
import { RecordedLogger } from '../../../support/recorded-logger';
import { NODE } from '../../../support/fake-host';

const fails = () => {
	throw new Error('disk full');
};
const brokenLogger = { debug: fails, info: fails, warn: fails, error: fails };

const linesOf = (workflow: string, write: (logger: ReturnType<typeof nodeLogger>) => void) => {
	const recorded = new RecordedLogger();
	write(
		nodeLogger({
			logger: recorded,
			getWorkflow: () => ({ id: 'w', name: workflow, active: true }),
			getNode: () => NODE,
		}),
	);
	return recorded.lines;
};

describe("a node's log line", () => {
	it('names workflow and node', () => {
		expect(
			linesOf('Answers', (logger) => {
				logger.warn('Nothing was sent');
			}),
		).toEqual(['warn: [Agent Club] workflow "Answers", node "Agent Club": Nothing was sent']);
	});

	it('is one line, whatever is called how or is quoted in it', () => {
		const lines = linesOf('A\n[Agent Club] B', (logger) => {
			logger.error('n8n said: a\r\nb\u001b[31m');
			logger.as?.('agent "N\u2028"').info('c');
		});
		expect(lines).toEqual([
			'error: [Agent Club] workflow "A\\u{a}[Agent Club] B", node "Agent Club": n8n said: ' +
				'a\\u{d}\\u{a}b\\u{1b}[31m',
			'info: [Agent Club] agent "N\\u{2028}": c',
		]);
	});

	it.each(['debug', 'info', 'warn', 'error'] as const)(
		'that n8n cannot write at level %s ends nothing, under whatever name',
		(level) => {
			const logger = nodeLogger({
				logger: brokenLogger,
				getWorkflow: () => ({ id: 'w', name: 'W', active: true }),
				getNode: () => NODE,
			});

			expect(() => {
				logger[level]('on a full disk');
				logger.as?.('agent "N"')[level]('on a full disk');
			}).not.toThrow();
		},
	);
});
