import { InboxScene } from '../../../../support/inbox-scene';
import { AGENT, BOB, message } from '../../../../support/sample-messages';

const LIMIT = { agentTurns: { most: 3, pause: 60_000 } };
const START = 1_700_000_000;

/** Another agent's message, so many seconds after the start of the test. */
const byAgent = (second: number) => ({
	sender_id: BOB,
	sender_is_agent: 1,
	created_at: START + second,
});

describe('the limit for agents that answer each other', () => {
	it("skips agents' messages after so many in a row, this agent's own included, marks them read and says so once", async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started(LIMIT);
		await scene.hears('a1', byAgent(1));
		await trigger.execution('a1').end();
		await scene.hears('own', { ...byAgent(2), sender_id: AGENT });
		await scene.hears('a2', byAgent(3));
		await trigger.execution('a2').end();
		await scene.hears('a3', byAgent(4));
		await scene.hears('a4', byAgent(5));
		expect(trigger.started).toEqual(['a1', 'a2']);
		await scene.clock.advance(3000);
		expect(scene.port.marked).toEqual(['a1', 'a2', 'a3', 'a4']);
		expect(
			scene.logger.lines.filter((line) => JSON.stringify(line).includes('Max Agent Turns')),
		).toHaveLength(1);
	});

	it('begins anew when a person writes, whose message always passes', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started(LIMIT);
		for (const second of [1, 2, 3]) {
			await scene.hears(`a${second}`, byAgent(second));
			await trigger.execution(`a${second}`).end();
		}
		await scene.hears('skipped', byAgent(4));
		await scene.hears('person', { created_at: START + 5 });
		await trigger.execution('person').end();
		await scene.hears('again', byAgent(6));
		expect(trigger.started).toEqual(['a1', 'a2', 'a3', 'person', 'again']);
	});

	it('begins anew after a pause, and not within it', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ ...LIMIT, agentTurns: { most: 1, pause: 60_000 } });
		await scene.hears('a1', byAgent(0));
		await trigger.execution('a1').end();
		await scene.hears('within', byAgent(60));
		await scene.hears('after', byAgent(121));
		expect(trigger.started).toEqual(['a1', 'after']);
	});

	it('is right again after a restart, from the history', async () => {
		const scene = new InboxScene();
		scene.history = [
			message('h0'),
			message('h1', byAgent(1)),
			message('h2', byAgent(2)),
			message('h3', byAgent(3)),
		];
		const { trigger } = await scene.started(LIMIT);
		await scene.hears('a4', byAgent(4));
		expect(trigger.started).toEqual([]);
	});

	it('that cannot be told holds its chat up for a moment only: what comes of it is tried again', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ agentTurns: { most: 1, pause: 60_000 } });
		await scene.hears('a1', byAgent(1));
		await trigger.execution('a1').end();
		jest.spyOn(scene.logger, 'warn').mockImplementationOnce(() => {
			throw new Error('the disk is full');
		});

		await scene.hears('a2', byAgent(2));
		await scene.hears('person', { created_at: START + 3 });
		await scene.clock.advance(5000);

		expect(trigger.started).toEqual(['a1', 'person']);
		await trigger.execution('person').end();
		await scene.clock.advance(3000);
		expect(scene.port.marked).toEqual(['a1', 'a2', 'person']);
	});

	it('does not count a message twice that a reconnect brings again', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({
			...LIMIT,
			filter: { requireMention: true },
			agentTurns: { most: 2, pause: 60_000 },
		});
		await scene.hears('unheard', { ...byAgent(1), mentions: [] });
		await scene.hears('unheard', { ...byAgent(1), mentions: [] });
		await scene.hears('second', byAgent(2));
		expect(trigger.started).toEqual(['second']);
	});
});
