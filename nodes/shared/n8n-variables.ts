import { readFileSync } from 'node:fs';
import { LoggerProxy } from 'n8n-workflow';
import { describeError } from '../../client/errors';
import { hostLogger } from './logger';

/** n8n's own environment variables that concern us. */
export type VariableName =
	| 'EXECUTIONS_MODE'
	| 'EXECUTIONS_TIMEOUT'
	| 'N8N_CONCURRENCY_PRODUCTION_LIMIT'
	| 'N8N_ENDPOINT_WEBHOOK_WAIT'
	| 'N8N_LISTEN_ADDRESS'
	| 'N8N_PORT'
	| 'N8N_PROTOCOL'
	| 'N8N_SSL_CERT'
	| 'N8N_SSL_KEY'
	| 'N8N_SSRF_PROTECTION_ENABLED'
	| 'QUEUE_BULL_REDIS_TIMEOUT_THRESHOLD';

/** Each variable may also stand in a file, whose path is in `NAME_FILE`. */
export type Environment = Readonly<
	Partial<Record<VariableName | `${VariableName}_FILE`, string | undefined>>
>;

/**
 * The text of a variable as n8n reads it, without blanks and quotes around it. The variable itself
 * comes before its file, even if it is empty (`test/e2e/concurrency-limit.test.ts`).
 * @returns undefined where it is not set, or where its file cannot be read: the log says so
 */
export function variable(
	name: VariableName,
	environment: Environment = process.env,
): string | undefined {
	return given(name, environment)
		?.trim()
		.replace(/^(['"])(.*)\1$/, '$2');
}

/**
 * A variable that n8n reads as a number. A number in quotes is none for n8n, which then goes by its
 * default.
 * @returns undefined where it is no number above 0
 */
export function positiveVariable(
	name: VariableName,
	environment: Environment = process.env,
): number | undefined {
	const number = Number(given(name, environment));
	return number > 0 ? number : undefined;
}

function given(name: VariableName, environment: Environment): string | undefined {
	const path = environment[`${name}_FILE`];
	return environment[name] ?? (path ? contentOf(path, name) : undefined);
}

/** What the files had in them. n8n reads them only once, when it starts. */
const contents = new Map<string, string | undefined>();

function contentOf(path: string, name: VariableName): string | undefined {
	if (!contents.has(path)) contents.set(path, read(path, name));
	return contents.get(path);
}

function read(path: string, name: VariableName): string | undefined {
	try {
		return readFileSync(path, 'utf8').trim();
	} catch (error) {
		// n8n does not start without it, so it has gone since then.
		hostLogger(LoggerProxy, 'environment of n8n').warn(
			`The file of ${name}_FILE cannot be read (${describeError(error)}), so ${name} counts as ` +
				'not set. Make the file readable and start n8n again',
		);
		return undefined;
	}
}
