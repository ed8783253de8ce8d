import type { HttpClient } from '../../../../client/http/http-client';
import { settled } from '../../../support/fake-clock';
import { RegistryScene } from '../../../support/registry-scene';
import { frame, inChat, saidAt } from '../../../support/sample-messages';

const DEADLINE = 5000;
const REST = 5000;

/** A connected trigger that takes replies; its server answers no HTTP request. */
async function hanging() {
	let asked = 0;
	const send: HttpClient['send'] = ({ signal }) => {
		asked += 1;
		return new Promise((_, reject) => {
			signal?.addEventListener('abort', () => {
				reject(new Error('aborted'));
			});
		});
	};
	const scene = new RegistryScene(send);
	const { trigger } = scene.run({ parallelExecutions: Number.POSITIVE_INFINITY });
	trigger.answers = {
		answer: () => Promise.resolve('over'),
		check: () => Promise.resolve('over'),
	};
	await scene.connect();
	return {
		scene,
		trigger,
		asked: () => asked,
		/** Messages in as many groups. */
		say: async (from: number, to: number) => {
			for (let number = from; number < to; number += 1) {
				const chat = inChat({ type: 'group', id: `gc_${number}` }, saidAt(number));
				scene.sockets.last.handlers.frame('new_message', frame(`m${number}`, chat));
			}
			await settled();
		},
	};
}

describe('a server that does not give the history of chats', () => {
	it('costs one deadline, not one for each message', async () => {
		const { scene, trigger, asked, say } = await hanging();
		await say(0, 20);
		expect(trigger.started).toEqual([]);
		await scene.clock.advance(DEADLINE);
		expect(trigger.started).toHaveLength(20);
		expect(asked()).toBe(4);
		await say(20, 30);
		expect(trigger.started).toHaveLength(30);
		expect(asked()).toBe(4);
	});

	it('is asked again after a while', async () => {
		const { scene, trigger, asked, say } = await hanging();
		await say(0, 1);
		await scene.clock.advance(DEADLINE + REST);
		await say(1, 2);
		expect([trigger.started.length, asked()]).toEqual([1, 2]);
		await scene.clock.advance(DEADLINE);
		expect(trigger.started).toEqual(['m0', 'm1']);
	});
});
