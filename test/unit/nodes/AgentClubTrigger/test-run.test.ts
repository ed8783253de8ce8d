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

const containing = (text: string) => expect.stringContaining(text) as string;
const ANYBODY = { allowFrom: ['*'], allowFromKind: ['*'] };
const FILE = inChat(DIRECT, { file_url: '/media/x.png' });

/**
 * "Execute step" on an inbox that is connected; `emitted` has the items, `errors` what it reported.
 */
const executing = async (
	parameters: IDataObject = ANYBODY,
	connected: () => Promise<void> = () => Promise.resolve(),
	command = 'start',
	scene = new InboxScene(),
) => {
	const ends: Array<(run: unknown) => void> = [];
	const emitted: INodeExecutionData[] = [];
	const errors: Error[] = [];
	const state = { leases: 0 };
	if (!scene.inbox.context) await scene.connect();
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
			createDeferredPromise: () => ({ promise: new Promise((resolve) => ends.push(resolve)) }),
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
		/** The rest of the workflow has run, or was stopped. */
		end: async (status = 'success') => {
			for (const end of ends) end({ status });
			await settled();
		},
		stop: async () => {
			await closeFunction?.();
			await settled();
		},
	};
};

describe('"Execute step"', () => {
	it('takes one live message that passes the filters, says that it is a test, and marks it read when the test has ended', async () => {
		const { scene, emitted, state, end } = await executing();
		await scene.hears('m', inChat(DIRECT));
		await scene.clock.advance(10_000);
		expect(scene.port.marked).toEqual([]);
		await end('error');
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

	it('is not marked read where the test was stopped halfway', async () => {
		const { scene, state, stop, end } = await executing();
		await scene.hears('m', inChat(DIRECT));
		await stop();
		await end('canceled');
		await scene.clock.advance(10_000);

		expect(scene.port.marked).toEqual([]);
		expect(state.leases).toBe(0);
	});

	it('hides no older message that a stopped test, of which n8n never told, has taken', async () => {
		const scene = new InboxScene();
		await executing(ANYBODY, undefined, 'start', scene);
		await scene.hears('older', inChat(DIRECT, saidAt(1)));
		const third = await executing(ANYBODY, undefined, 'start', scene);
		await scene.hears('m', inChat(DIRECT, saidAt(2)));
		await third.end();
		await scene.clock.advance(700_000);

		expect(third.emitted).toMatchObject([{ json: { messageId: 'm' } }]);
		expect(scene.port.marked).toEqual([]);
	});

	it('takes the next message itself, and not one of its forerunners that n8n has not closed', async () => {
		const scene = new InboxScene();
		const first = await executing(ANYBODY, undefined, 'start', scene);
		const second = await executing(ANYBODY, undefined, 'start', scene);
		await scene.hears('m', inChat(DIRECT));

		expect(first.emitted).toEqual([]);
		expect(second.emitted).toMatchObject([{ json: { messageId: 'm' } }]);
		// n8n would show it as running for ever.
		expect(first.errors).toMatchObject([{ message: containing('has taken its place') }]);
		expect(second.errors).toEqual([]);
	});

	it('hears nothing where it was stopped in the moment in which the connection became ready', async () => {
		const scene = new InboxScene();
		let ready = (): void => undefined;
		const connected = () => new Promise<void>((resolve) => (ready = resolve));
		const { stop, emitted, state } = await executing(ANYBODY, connected, 'start', scene);
		ready();
		await stop();
		await scene.hears('m', inChat(DIRECT));

		expect(emitted).toEqual([]);
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

	it('tells of messages in chats that the trigger does not listen to', async () => {
		const { scene, errors } = await executing({ ...ANYBODY, options: { chats: ['gc_9'] } });
		await scene.hears('elsewhere', inChat(DIRECT));
		await scene.clock.advance(300_000);

		expect(errors).toMatchObject([{ description: expect.stringContaining('1 (chat)') as string }]);
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
