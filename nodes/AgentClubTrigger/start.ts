import type { ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';
import type { RunningTrigger } from '../../client/agent/places';
import { agentRegistry } from '../../client/agent/registry';
import { verifyCredentials } from '../../client/agent/verify';
import { pause, systemClock } from '../../client/clock';
import type { AgentCredentials } from '../../client/connection/credentials';
import { AgentClubError, describeError, describeWithRemedy } from '../../client/errors';
import type { Logger } from '../../client/logger';
import { nodeCredentials } from '../shared/credentials';
import { triggerLife } from './deliver';
import { productionLimit } from '../shared/execution-mode';
import { deniesEverybody, type TriggerSettings } from './settings';

/** ms: n8n abandons a `trigger()` that takes long, and starts triggers one after another. */
const TOKEN_CHECK_DEADLINE = 4000;
/** ms between looks at a credential that cannot be used. */
const CREDENTIAL_CHECK = 10_000;

/**
 * Starts the published trigger. It connects in the background and keeps trying, whatever the
 * network does. It throws only what the user has to mend, and only on publishing. Since n8n 2.40 a
 * trigger that throws is given up after five attempts (docs/decisions.md, "Talking to n8n").
 * @throws AgentClubError SETTINGS, TOKEN_REFUSED (on publishing)
 */
export async function startTrigger(
	context: ITriggerFunctions,
	settings: TriggerSettings,
	logger: Logger,
): Promise<ITriggerResponse> {
	const publishing = context.getActivationMode() === 'activate';
	const denied = deniesEverybody(settings.subscription.filter);
	if (denied !== undefined) {
		if (publishing) throw new AgentClubError('SETTINGS', denied);
		logger.error(denied);
		return {};
	}
	agentRegistry().limitExecutions(productionLimit());
	const closed = new AbortController();
	const run = (credentials: AgentCredentials): RunningTrigger =>
		agentRegistry().run(
			placeOf(context),
			triggerLife(context, settings, logger),
			credentials,
			logger,
		);
	const first = await firstCredentials(context);
	const mistake = publishing ? await publishingMistake(first, logger) : undefined;
	if (mistake) throw mistake;
	if (first instanceof Error)
		logger.error(`The trigger waits for its credential to be mended: ${describeWithRemedy(first)}`);
	let running = first instanceof Error ? undefined : run(first);
	if (!running) {
		void readableCredentials(context, logger, closed.signal).then((credentials) => {
			running = credentials && !closed.signal.aborted ? run(credentials) : undefined;
		});
	}
	return {
		closeFunction: async () => {
			closed.abort();
			await running?.close();
		},
	};
}

function placeOf(context: ITriggerFunctions): string {
	return [context.getWorkflow().id ?? '', context.getNode().id, context.getMode()].join(':');
}

async function firstCredentials(context: ITriggerFunctions): Promise<AgentCredentials | Error> {
	try {
		return await nodeCredentials(context);
	} catch (error) {
		return error instanceof Error ? error : new Error(describeError(error));
	}
}

/**
 * What the person who publishes has to mend: a credential that cannot be used, or a token that the
 * server refuses.
 */
async function publishingMistake(
	credentials: AgentCredentials | Error,
	logger: Logger,
): Promise<Error | undefined> {
	if (credentials instanceof Error) return credentials;
	try {
		await verifyCredentials(credentials, systemClock, TOKEN_CHECK_DEADLINE);
		return undefined;
	} catch (error) {
		if (error instanceof AgentClubError && error.code === 'TOKEN_REFUSED') return error;
		logger.warn(
			`The trigger is active and connects as soon as it can. ${describeWithRemedy(error)}`,
		);
		return undefined;
	}
}

/** At any other time than publishing the trigger waits until somebody mends the credential. */
async function readableCredentials(
	context: ITriggerFunctions,
	logger: Logger,
	signal: AbortSignal,
): Promise<AgentCredentials | undefined> {
	for (;;) {
		await pause(systemClock, CREDENTIAL_CHECK, signal);
		if (signal.aborted) return undefined;
		try {
			return await nodeCredentials(context);
		} catch (error) {
			logger.debug(`The credential cannot be used yet: ${describeError(error)}`);
		}
	}
}
