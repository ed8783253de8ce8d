import type { IDataObject, INodeExecutionData, ITriggerFunctions } from 'n8n-workflow';
import type { AgentSession } from '../../../../client/agent/agent-session';
import type { AgentRegistry } from '../../../../client/agent/registry';
import { AgentClubError } from '../../../../client/errors';
import { readSettings } from '../../../../nodes/AgentClubTrigger/settings';
import { isWorker, testRun } from '../../../../nodes/AgentClubTrigger/test-run';
import { settled } from '../../../support/fake-clock';
import { triggerHost } from '../../../support/fake-host';
import { InboxScene } from '../../../support/inbox-scene';
import { DIRECT, inChat, saidAt } from '../../../support/sample-messages';

const ANYBODY = { allowFrom: ['*'], allowFromKind: ['*'] };
const FILE = inChat(DIRECT, { file_url: '/media/x.png' });

/**
 * "Execute step" on an inbox that is connected; `emitted` has the items, `errors` what it reported.
 */
const executing = async (
	parameters: IDataObject = ANYBODY,
	connected: () => Promise<void> = () => Promise.resolve(),
	command = 'start',
) => {
	const scene = new InboxScene();
	const emitted: INodeExecutionData[] = [];
	const errors: Error[] = [];
	const state = { leases: 0 };
	await scene.connect();
	const session = {
		clock: scene.clock,
		inbox: scene.inbox,
		whenReady: connected,
		lease: () => {
			state.leases += 1;
			return () => {
				state.leases -= 1;
			};
		},
	} as unknown as AgentSession;
	const host = {
		...triggerHost(parameters),
		getCredentials: () =>
			Promise.resolve({ serverUrl: 'http://club.test:5555', agentToken: 'sk_agt_secret' }),
		emit: (data: INodeExecutionData[][]) => {
			emitted.push(...data.flat());
		},
		emitError: (error: Error) => {
			errors.push(error);
		},
		helpers: {
			createDeferredPromise: () => ({ promise: new Promise(() => undefined) }),
			prepareBinaryData: () => Promise.reject(new Error('no storage')),
		},
	} as unknown as ITriggerFunctions;
	const registry = { session: () => session } as unknown as AgentRegistry;
	const marks = !isWorker(['node', 'n8n', command]);
	const { manualTriggerFunction, closeFunction } = testRun(
		host,
		readSettings(host),
		scene.logger,
		registry,
		marks,
	);
	void manualTriggerFunction?.();
	await settled();
	return {
		scene,
		emitted,
		errors,
		state,
		stop: async () => {
			await closeFunction?.();
			await settled();
		},
	};
};

describe('"Execute step"', () => {
	it('takes one live message that passes the filters, says that it is a test, and marks it read', async () => {
		const { scene, emitted, state } = await executing();
		await scene.hears('m', inChat(DIRECT));
		await scene.clock.advance(10_000);
		await scene.hears('n', inChat(DIRECT, saidAt(1)));

		expect(emitted).toMatchObject([
			{ json: { messageId: 'm', delivery: { source: 'test', attempt: 1 } } },
		]);
		expect(scene.port.marked).toEqual(['m']);
		expect(state.leases).toBe(0);
	});

	it('marks nothing in a worker of queue mode, where nobody knows what the published triggers work on', async () => {
		const { scene, emitted, state } = await executing(ANYBODY, undefined, 'worker');
		await scene.hears('m', inChat(DIRECT));
		await scene.clock.advance(10_000);

		expect(emitted).toMatchObject([{ json: { messageId: 'm' } }]);
		expect(scene.port.marked).toEqual([]);
		expect(state.leases).toBe(0);
	});

	it('tells which filter turned a message away, and waits for the next one', async () => {
		const { scene, emitted } = await executing({ ...ANYBODY, allowFromKind: ['agent'] });
		await scene.hears('human', inChat(DIRECT));
		await scene.hears('agent', inChat(DIRECT, { sender_is_agent: 1 }));

		expect(emitted).toMatchObject([{ json: { messageId: 'agent' } }]);
		expect(scene.logger.lines.join()).toContain('sender kind');
	});

	it('gives up after five minutes, not 1 ms before, and tells what the filters turned away', async () => {
		const { scene, errors, state } = await executing({ ...ANYBODY, allowFrom: ['u_bob'] });
		await scene.hears('denied', inChat(DIRECT));
		await scene.hears('denied too', inChat(DIRECT));
		await scene.clock.advance(299_999);
		expect(errors).toEqual([]);

		await scene.clock.advance(1);

		expect(errors).toMatchObject([
			{ description: expect.stringContaining('2 (sender)') as string },
		]);
		expect(state.leases).toBe(0);
	});

	it('says what is wrong where there is no connection', async () => {
		const { errors } = await executing(ANYBODY, () =>
			Promise.reject(new AgentClubError('TOKEN_REFUSED', 'The token is refused')),
		);

		expect(errors).toMatchObject([{ message: 'The token is refused' }]);
	});

	it('ends with "Stop listening", without an error, and may be stopped twice', async () => {
		const { scene, emitted, errors, state, stop } = await executing();
		await stop();
		await stop();
		await scene.hears('m', inChat(DIRECT));

		expect([emitted, errors, state.leases]).toEqual([[], [], 0]);
		expect(scene.clock.pending).toBe(0);
	});

	it('leaves a message unread that came when it was being stopped', async () => {
		const { scene, emitted, stop } = await executing();
		const { context } = scene.inbox;
		let arrive = (): void => undefined;
		if (context)
			Object.assign(context.files, {
				open: () =>
					new Promise(
						(_resolve, reject) =>
							(arrive = () => {
								reject(new Error('gone'));
							}),
					),
			});
		await scene.hears('m', FILE);
		await stop();
		arrive();
		await scene.clock.advance(10_000);

		expect(emitted).toEqual([]);
		expect(scene.port.marked).toEqual([]);
	});

	it('goes on without a file that cannot be stored, and says so in the item', async () => {
		const { scene, emitted } = await executing();
		await scene.hears('m', FILE);

		expect(emitted).toMatchObject([
			{ json: { attachments: [{ problem: 'no files here', binaryPropertyName: null }] } },
		]);
	});
});
