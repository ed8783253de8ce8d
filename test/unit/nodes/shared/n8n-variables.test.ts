import { rmSync, writeFileSync } from 'node:fs';
import { LoggerProxy } from 'n8n-workflow';
import { positiveVariable, variable } from '../../../../nodes/shared/n8n-variables';
import { fileWith } from '../../../support/file-with';
import { RecordedLogger } from '../../../support/recorded-logger';

describe('a variable of n8n', () => {
	it.each([
		['queue', 'queue'],
		[' queue\n', 'queue'],
		['"queue"', 'queue'],
		["'queue'", 'queue'],
		['', ''],
	])('is read as n8n reads it: %j', (value, text) => {
		expect(variable('EXECUTIONS_MODE', { EXECUTIONS_MODE: value })).toBe(text);
		expect(variable('EXECUTIONS_MODE', { EXECUTIONS_MODE_FILE: fileWith(value) })).toBe(text);
	});

	it.each([
		['5', 5],
		['5\n', 5],
		[' 20 ', 20],
		['"5"', undefined],
		['', undefined],
		['-1', undefined],
		['many', undefined],
	])('is read as the number that n8n reads: %j', (value, number) => {
		const name = 'N8N_CONCURRENCY_PRODUCTION_LIMIT';
		expect(positiveVariable(name, { [name]: value })).toBe(number);
		expect(positiveVariable(name, { [`${name}_FILE`]: fileWith(value) })).toBe(number);
	});

	it.each(['regular', ''])('counts before its file, also as %j', (EXECUTIONS_MODE) => {
		const environment = { EXECUTIONS_MODE, EXECUTIONS_MODE_FILE: fileWith('queue') };
		expect(variable('EXECUTIONS_MODE', environment)).toBe(EXECUTIONS_MODE);
	});

	it.each([{}, { EXECUTIONS_MODE_FILE: '' }])('is not set by %j', (environment) => {
		expect(variable('EXECUTIONS_MODE', environment)).toBeUndefined();
	});

	it('stays what its file had in it first, because n8n reads files only when it starts', () => {
		const path = fileWith('30');
		expect(positiveVariable('EXECUTIONS_TIMEOUT', { EXECUTIONS_TIMEOUT_FILE: path })).toBe(30);
		writeFileSync(path, '60');
		expect(positiveVariable('EXECUTIONS_TIMEOUT', { EXECUTIONS_TIMEOUT_FILE: path })).toBe(30);
	});

	it('counts as not set where its file cannot be read, and the log says so once', () => {
		const logger = new RecordedLogger();
		LoggerProxy.init(logger);
		const path = fileWith('queue');
		rmSync(path);
		const environment = { EXECUTIONS_MODE_FILE: path };
		expect(variable('EXECUTIONS_MODE', environment)).toBeUndefined();
		expect(variable('EXECUTIONS_MODE', environment)).toBeUndefined();
		expect(logger.lines).toEqual([
			expect.stringMatching(/EXECUTIONS_MODE_FILE cannot be read \(.*ENOENT.*counts as not set/),
		]);
	});
});
