import { bundleOf } from '../../../../client/inbound/item/bundle';
import type { INodeExecutionData, ITriggerFunctions } from 'n8n-workflow';
import type { AcknowledgeMode } from '../../../../client/inbound/lanes/settlement';
import { triggerLife } from '../../../../nodes/AgentClubTrigger/deliver';
import { readSettings } from '../../../../nodes/AgentClubTrigger/settings';
import { NODE, triggerHost } from '../../../support/fake-host';
import { InboxScene } from '../../../support/inbox-scene';
import { RecordedLogger } from '../../../support/recorded-logger';
import { inChat, message } from '../../../support/sample-messages';

interface Deferred {
	readonly promise: Promise<unknown>;
	resolve(value: unknown): void;
	reject(error: unknown): void;
}

interface Emitted {
	readonly data: INodeExecutionData[][];
	readonly done: Deferred;
	readonly key: string | undefined;
}

/** Prepares and emits one message in n8n as the test plays it. */
const emitting = async (acknowledge: AcknowledgeMode, { nodeId = NODE.id, id = 'msg_1' } = {}) => {
	const emitted: Emitted[] = [];
	const host = {
		...triggerHost({ acknowledge }),
		getNode: () => ({ ...NODE, id: nodeId }),
		helpers: { createDeferredPromise: deferred },
		emit: (data: INodeExecutionData[][], _response: unknown, done: Deferred, key?: string) =>
			emitted.push({ data, done, key }),
	} as unknown as ITriggerFunctions;
	const life = triggerLife(host, readSettings(host), new RecordedLogger());
	const prepared = await life.prepare(
		bundleOf(message(id, inChat({ type: 'direct', id: 'dc_1' }))),
		new InboxScene().context(),
	);
	return { emitted, outcome: prepared.emit({ source: 'backlog', attempt: 2 }) };
};

function deferred(): Deferred {
	const settle: Array<(value: unknown) => void> = [];
	const promise = new Promise<unknown>((...both) => settle.push(...both));
	return { promise, resolve: (value) => settle[0]?.(value), reject: (error) => settle[1]?.(error) };
}

describe('handing a message to n8n', () => {
	it('emits one item, with how it was delivered', async () => {
		const { emitted } = await emitting('onCompletion');

		expect(emitted).toHaveLength(1);
		expect(emitted[0]?.data).toMatchObject([
			[{ json: { messageId: 'msg_1', delivery: { source: 'backlog', attempt: 2 } } }],
		]);
	});

	it('gives n8n a key in immediately, so that its database refuses a second execution', async () => {
		const { emitted } = await emitting('immediately');

		expect(emitted[0]?.key).toBe('workflow-1:node-1:msg_1');
	});

	it.each(['onCompletion', 'onSuccess', 'manually'] as const)(
		'gives none in %s, where a crash must run the message again',
		async (mode) => {
			const { emitted } = await emitting(mode);

			expect(emitted[0]?.key).toBeUndefined();
		},
	);

	it('keeps the key within 255 characters, and still its own for each message', async () => {
		const long = { nodeId: 'n'.repeat(300) };
		const keys = [
			(await emitting('immediately', long)).emitted[0]?.key,
			(await emitting('immediately', { ...long, id: 'msg_2' })).emitted[0]?.key,
		];

		expect(keys.map((key) => (key ?? '').length <= 255)).toEqual([true, true]);
		expect(keys[0]).not.toBe(keys[1]);
	});

	it('tells how the execution ended', async () => {
		const { emitted, outcome } = await emitting('onCompletion');

		emitted[0]?.done.resolve({ status: 'error' });

		await expect(outcome).resolves.toBe('failed');
	});

	it('tells that none could be created, and why', async () => {
		const { emitted, outcome } = await emitting('onCompletion');

		emitted[0]?.done.reject(new Error('queue is down'));

		await expect(outcome).rejects.toThrow('queue is down');
	});

	it.each([
		['onCompletion', 'failed'],
		['immediately', 'success'],
	] as const)('takes no answer in %s for %s, by whether it gave a key', async (mode, expected) => {
		const { emitted, outcome } = await emitting(mode);

		emitted[0]?.done.resolve(undefined);

		await expect(outcome).resolves.toBe(expected);
	});
});
