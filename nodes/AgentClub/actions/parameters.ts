import type { IExecuteFunctions } from 'n8n-workflow';
import { wordsOfBlocks } from '../../../client/outbound/model-words';

/** Parameters as text, whatever an expression or a model has made of them. */

/** An object becomes JSON, never "[object Object]"; nothing becomes "". */
export function textOf(value: unknown): string {
	if (typeof value === 'string') return value;
	if (value === null || value === undefined) return '';
	return JSON.stringify(value, null, 2);
}

export function textParameter(host: IExecuteFunctions, name: string, itemIndex: number): string {
	return textOf(host.getNodeParameter(name, itemIndex, ''));
}

/** The same for what a model may have said: its content blocks are read as the words in them. */
export function wordsParameter(host: IExecuteFunctions, name: string, itemIndex: number): string {
	const value: unknown = host.getNodeParameter(name, itemIndex, '');
	const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
	return isEmpty ? '' : (wordsOfBlocks(value) ?? textOf(value));
}

/** The parts of a text with commas, without those that are empty. */
export function listOf(value: unknown): string[] {
	const parts = Array.isArray(value) ? value.map(textOf) : textOf(value).split(',');
	return parts.map((part) => part.trim()).filter((part) => part !== '');
}
