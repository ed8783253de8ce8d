import type { IExecuteFunctions } from 'n8n-workflow';
import { AgentClubError } from '../../../../client/errors';
import { fieldWithWords } from '../../../../client/outbound/model-words';
import { flagOf } from '../../../shared/flag';
import { nodeLogger } from '../../../shared/logger';
import { json, type OperationResult } from '../operation';
import type { NothingToSend } from './send-request';

/**
 * A model's word for silence is meant; an empty text is mostly a mistake, so the editor and the log
 * say so.
 */
export function nothingSent(
	host: IExecuteFunctions,
	itemIndex: number,
	reason: NothingToSend,
): OperationResult {
	if (reason === 'skipped') return json({ sent: false, reason });
	const remedy = whereWordsAre(host.getInputData()[itemIndex]?.json);
	const { failWhenEmpty } = host.getNodeParameter('options', itemIndex, {});
	if (flagOf('Fail When Empty', failWhenEmpty, false))
		throw new AgentClubError('SETTINGS', NO_TEXT, { remedy });
	tellOnce(host, `Nothing was sent. ${NO_TEXT}. ${remedy}`);
	return json({ sent: false, reason });
}

/** What each run has told: 500 empty items need no 500 hints. */
const told = new WeakMap<IExecuteFunctions, Set<string>>();

function tellOnce(host: IExecuteFunctions, message: string): void {
	const known = told.get(host) ?? new Set();
	told.set(host, known);
	if (known.has(message)) return;
	known.add(message);
	host.addExecutionHints({ message, location: 'outputPane' });
	nodeLogger(host).warn(message);
}

const NO_TEXT = '"Text" is empty, and no file is named';

function whereWordsAre(item: unknown): string {
	const field = fieldWithWords(item);
	return field === undefined
		? 'Drag in the field that has the text, or write one. {{ $json.output }} is what an AI Agent ' +
				'gives.'
		: `The item has words in "${field}": write {{ $json.${field} }} into "Text".`;
}
