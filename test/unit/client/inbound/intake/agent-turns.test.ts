import { InboxScene } from '../../../../support/inbox-scene';
import { AGENT, BOB, frame, message } from '../../../../support/sample-messages';

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
		await trigger.execution('a3').end();
		await scene.hears('a4', byAgent(5));
		await scene.hears('a5', byAgent(6));
		expect(trigger.started).toEqual(['a1', 'a2', 'a3']);
		await scene.clock.advance(3000);
		expect(scene.port.marked).toEqual(['a1', 'a2', 'a3', 'a4', 'a5']);
		expect(
			scene.logger.lines.filter((line) => JSON.stringify(line).includes('Max Agent Turns')),
		).toHaveLength(1);
	});

	it('begins anew when a person writes, whose message always passes', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started(LIMIT);
		await scene.hears('own', { ...byAgent(1), sender_id: AGENT });
		for (const second of [2, 3]) {
			await scene.hears(`a${second}`, byAgent(second));
			await trigger.execution(`a${second}`).end();
		}
		await scene.hears('skipped', byAgent(4));
		await scene.hears('person', { created_at: START + 5 });
		await trigger.execution('person').end();
		await scene.hears('again', byAgent(6));
		expect(trigger.started).toEqual(['a2', 'a3', 'person', 'again']);
	});

	it('begins anew after a pause, and not within it', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ ...LIMIT, agentTurns: { most: 1, pause: 60_000 } });
		await scene.hears('own', { ...byAgent(0), sender_id: AGENT });
		await scene.hears('within', byAgent(60));
		await scene.hears('after', byAgent(121));
		expect(trigger.started).toEqual(['after']);
	});

	it('is right again after a restart, from the history', async () => {
		const scene = new InboxScene();
		scene.history = [
			message('h0'),
			message('own', { ...byAgent(1), sender_id: AGENT }),
			message('h2', byAgent(2)),
			message('h3', byAgent(3)),
		];
		const { trigger } = await scene.started(LIMIT);
		await scene.hears('a4', byAgent(4));
		expect(trigger.started).toEqual([]);
	});

	it('does not count what others said before this agent, in this process or in the history', async () => {
		const scene = new InboxScene();
		scene.history = [
			...Array.from({ length: 30 }, (_, at) => message(`h${at}`, byAgent(at))),
			message('own', { ...byAgent(30), sender_id: AGENT }),
		];
		const { trigger } = await scene.started(LIMIT);
		for (const second of [31, 32, 33]) await scene.hears(`a${second}`, byAgent(second));
		await trigger.execution('a31').end();
		await trigger.execution('a32').end();
		expect(trigger.started).toEqual(['a31', 'a32']);
	});

	it('does not limit a row in which this agent has said nothing, however long: a channel of alerts, a hand-over', async () => {
		const scene = new InboxScene();
		scene.history = Array.from({ length: 30 }, (_, at) => message(`h${at}`, byAgent(at)));
		const { trigger } = await scene.started(LIMIT);
		for (let second = 31; second < 60; second += 1) {
			await scene.hears(`a${second}`, byAgent(second));
			await trigger.execution(`a${second}`).end();
		}
		expect(trigger.started).toHaveLength(29);
	});

	it('lets the first message through that mentions this agent after a long talk of others', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({
			filter: { requireMention: true },
			agentTurns: { most: 20, pause: 600_000 },
		});
		for (let turn = 1; turn <= 24; turn += 1) {
			const speaker = turn % 2 === 0 ? BOB : 'u_carol';
			await scene.hears(`a${turn}`, { ...byAgent(turn), sender_id: speaker, mentions: [] });
		}
		await scene.hears('hand-over', byAgent(25));
		await trigger.execution('hand-over').end();
		expect(trigger.started).toEqual(['hand-over']);
		await scene.clock.advance(3000);
		expect(scene.port.marked.at(-1)).toBe('hand-over');
		expect(scene.logger.lines.join('\n')).not.toContain('Max Agent Turns');
	});

	it('that cannot be told holds its chat up for a moment only: what comes of it is tried again', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ agentTurns: { most: 1, pause: 60_000 } });
		await scene.hears('own', { ...byAgent(1), sender_id: AGENT });
		jest.spyOn(scene.logger, 'warn').mockImplementationOnce(() => {
			throw new Error('the disk is full');
		});

		await scene.hears('a2', byAgent(2));
		await scene.hears('person', { created_at: START + 3 });
		await scene.clock.advance(5000);

		expect(trigger.started).toEqual(['person']);
		await trigger.execution('person').end();
		await scene.clock.advance(3000);
		expect(scene.port.marked).toEqual(['a2', 'person']);
	});

	it("goes on where the server's clock is set back: agents' messages count, and a person's ends the row", async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started(LIMIT);
		await scene.hears('own', { ...byAgent(1), sender_id: AGENT });
		await scene.hears('a1', byAgent(2));
		await trigger.execution('a1').end();
		const hourBack = -3600;
		await scene.hears('a2', byAgent(hourBack));
		await trigger.execution('a2').end();
		await scene.hears('skipped', byAgent(hourBack + 1));
		await scene.hears('person', { created_at: START + hourBack + 2 });
		await trigger.execution('person').end();
		await scene.hears('again', byAgent(hourBack + 3));

		expect(trigger.started).toEqual(['a1', 'a2', 'person', 'again']);
	});

	/** The agent has begun a row, in which three messages have a turn, mentioned or not. */
	const inARow = async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({
			...LIMIT,
			filter: { requireMention: true },
			agentTurns: { most: 3, pause: 60_000 },
		});
		await scene.hears('own', { ...byAgent(0), sender_id: AGENT });
		return { scene, trigger };
	};

	it('counts an older message that arrives late', async () => {
		const { scene, trigger } = await inARow();
		await scene.hears('unheard', { ...byAgent(2), mentions: [] });
		await scene.hears('late', { ...byAgent(1), mentions: [] });
		await scene.hears('one too many', byAgent(3));
		expect(trigger.started).toEqual([]);
	});

	it('does not count a message twice that a reconnect brings again', async () => {
		const { scene, trigger } = await inARow();
		const unheard = { ...byAgent(1), mentions: [] };
		await scene.hears('unheard', unheard);
		await scene.reconnect(frame('unheard', unheard));
		await scene.hears('unheard', unheard);
		await scene.hears('second', byAgent(2));
		expect(trigger.started).toEqual(['second']);
	});
});
