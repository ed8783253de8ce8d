import { createHash } from 'node:crypto';
import type { INodeExecutionData, IRun, ITriggerFunctions } from 'n8n-workflow';
import type { AgentClubError } from '../../client/errors';
import { type Bundle, lastOf } from '../../client/inbound/item/bundle';
import { prepareMessage } from '../../client/inbound/item/prepare';
import type { Outcome } from '../../client/inbound/lanes/settlement';
import type { TriggerLife } from '../../client/inbound/trigger-port';
import { binarySink } from '../shared/binary-sink';
import type { Logger } from '../../client/logger';
import { nodeCredentials } from '../shared/credentials';
import { toNodeError } from '../shared/errors';
import { answerPort } from './answers';
import { buildItem } from './items';
import { outcomeOf, outcomeOfRejection } from './outcome';
import type { TriggerSettings } from './settings';

/** One life of the trigger: each message becomes an item, and the item an execution. */
export function triggerLife(
	context: ITriggerFunctions,
	settings: TriggerSettings,
	logger: Logger,
): TriggerLife {
	const sink = binarySink(context.helpers);
	const once = settings.subscription.acknowledge === 'immediately';
	return {
		settings: settings.subscription,
		credentials: () => nodeCredentials(context),
		answers: answerPort(logger),
		outage: (error) => {
			reportOutage(context, error);
		},
		async prepare(bundle, agent) {
			const prepared = await prepareMessage(bundle, settings.preparation, agent, sink);
			return {
				emit: (delivery) =>
					startExecution(
						context,
						buildItem(prepared, settings.item, delivery),
						once ? deduplicationKey(context, bundle) : undefined,
					),
			};
		},
	};
}

/**
 * Saves a failed execution, so that an error workflow can tell somebody. n8n 1 has no such function
 * (`test/e2e/restart.test.ts`).
 */
function reportOutage(context: ITriggerFunctions, error: AgentClubError): void {
	const report = (context as Partial<Pick<ITriggerFunctions, 'saveFailedExecution'>>)
		.saveFailedExecution;
	report?.call(context, toNodeError(context, error));
}

/**
 * Hands one item to n8n; resolves when its execution has ended.
 * @throws at once where n8n takes nothing any more, and later where it could create no execution
 */
export function startExecution(
	context: ITriggerFunctions,
	item: INodeExecutionData,
	key?: string,
): Promise<Outcome> {
	const done = context.helpers.createDeferredPromise<IRun>();
	const ended = done.promise.then((run) => outcomeOf(run, key !== undefined), outcomeOfRejection);
	context.emit([[item]], undefined, done, key);
	return ended;
}

/** n8n's column for it. */
const LONGEST_KEY = 255;

/**
 * n8n's database refuses a second execution with the same key, even after a crash, as long as it
 * keeps the first one's row (`test/e2e/n8n-killed.test.ts`). After a crash, messages may be
 * collected in other groups. So the key has the first and the last message of an execution.
 */
function deduplicationKey(context: ITriggerFunctions, bundle: Bundle): string {
	const ids = new Set([bundle.messages[0].id, lastOf(bundle).id]);
	const key = [context.getWorkflow().id ?? '', context.getNode().id, ...ids].join(':');
	return key.length <= LONGEST_KEY ? key : createHash('sha256').update(key).digest('hex');
}
