import { AgentHarness } from '../support/agent-harness';

let h: AgentHarness;
beforeEach(async () => {
	h = await AgentHarness.start({ linked: true });
});
afterEach(() => h.stop());

/** A file as the server's page posts it: a message of its own, without words or mentions. */
async function post(fileName: string, content = 'bytes'): Promise<void> {
	const { url, kind } = await h.club.uploadAs(h.mia.id, fileName, Buffer.from(content));
	await h.club.say(h.mia.id, h.group, { content: '', contentType: kind, fileUrl: url, fileName });
}

const typing = (userId: string) => {
	h.link.inject(
		`42${JSON.stringify(['typing', { user_id: userId, display_name: 'x', chat_type: 'group', chat_id: h.group.id }])}`,
	);
};

describe('what a person writes in one go', () => {
	it('is one execution, which has all the files, and is marked as one', async () => {
		const trigger = h.run({
			collect: { pause: 60_000, most: 600_000 },
			ends: 'byHand',
			fetches: {},
		});
		await h.connected();
		await h.say('look at this');
		await post('photo.png');
		await h.say('what is it?');
		await h.settle(60_000);
		const execution = await trigger.execution(1);
		expect(execution.text).toBe('look at this\nwhat is it?');
		expect(
			execution.prepared?.attachments.map(({ fileName, stored }) => [fileName, stored?.toString()]),
		).toEqual([['photo.png', 'bytes']]);
		await h.settle();
		expect(h.unread).toHaveLength(3);
		execution.end();
		await h.unreadBecomes();
		await h.settle();
		expect(trigger.executions).toHaveLength(1);
	});

	it('goes on as long as the server says that the person is typing', async () => {
		h.link.editFrames((frame) => [frame]);
		const trigger = h.run({ collect: { pause: 120_000, most: 3_600_000 } });
		await h.connected();
		await h.say('one');
		await h.settle(60_000);
		for (let turn = 0; turn < 5; turn += 1) {
			typing(h.mia.id);
			typing(h.tom.id);
			await h.settle(80_000);
			expect(trigger.texts).toEqual([]);
		}
		await h.say('two');
		await h.settle(130_000);
		expect(await trigger.started(1)).toEqual(['one\ntwo']);
	});

	it('that a reconnect cuts in two runs once all the same', async () => {
		const trigger = h.run({ collect: { pause: 60_000, most: 600_000 } });
		await h.connected();
		await h.say('one');
		h.link.break('reset');
		await h.connected(2);
		await h.say('two');
		await h.settle(60_000);
		await h.unreadBecomes();
		await h.settle();
		expect(trigger.texts).toEqual(['one\ntwo']);
	});
});

describe('files that were posted before a mention', () => {
	it('come along, downloaded', async () => {
		const trigger = h.run({ requireMention: true, recentFiles: 300_000, fetches: {} });
		await h.connected();
		await post('photo.png');
		await h.say('look', h.group, [h.agent.id]);
		const { prepared } = await trigger.execution(1);
		expect(
			prepared?.attachments.map(({ fileName, stored }) => [fileName, stored?.toString()]),
		).toEqual([['photo.png', 'bytes']]);
	});

	it('are at most 50 for one mention, and the item says so of the others', async () => {
		const trigger = h.run({ requireMention: true, recentFiles: 300_000, fetches: {} });
		await h.connected();
		for (let number = 0; number < 1000; number += 1) await post(`${number}.png`);
		await h.say('what are these?', h.group, [h.agent.id]);
		const { prepared } = await trigger.execution(1);
		const attachments = prepared?.attachments ?? [];
		expect(attachments).toHaveLength(1000);
		const fetched = attachments.filter(({ stored }) => stored);
		expect(fetched).toEqual(attachments.slice(-50));
		for (const { problem } of attachments.slice(0, -50))
			expect(problem).toContain('Only the last 50 files');
	});

	it('come along after a crash as well, though they are read', async () => {
		h.run({ requireMention: true, recentFiles: 300_000 });
		await h.connected();
		await post('photo.png');
		await h.unreadBecomes();
		await h.crash();
		const next = h.run({ requireMention: true, recentFiles: 300_000, fetches: {} });
		await h.say('look', h.group, [h.agent.id]);
		const { prepared } = await next.execution(1);
		expect(prepared?.attachments.map(({ fileName }) => fileName)).toEqual(['photo.png']);
	});

	it('hold nothing up for longer than 5 s where the history hangs, and the log says so', async () => {
		h.club.faults.failHttp({ path: /messages/, mode: 'hang' }, 100);
		const trigger = h.run({
			requireMention: true,
			recentFiles: 300_000,
			fetches: { contextMessages: 3 },
		});
		await h.say('look', h.group, [h.agent.id]);
		await h.connected();
		await h.club.waitFor(
			() => h.club.requests.some(({ path }) => path.includes('messages')),
			'the question for the history',
		);
		await h.clock.skip(5000);
		await h.club.waitFor(
			() => h.club.requests.filter(({ path }) => path.includes('messages')).length > 1,
			'the question for the context',
		);
		await h.clock.skip(5000);
		const { prepared } = await trigger.execution(1);
		expect(prepared?.problems).toEqual(
			expect.arrayContaining([
				expect.stringContaining('Files that were posted'),
				'Earlier messages of the chat could not be fetched.',
			]),
		);
		await h.logged(/The history of chat \S+ did not come within 5 s\..*earlier files/);
	});
});

describe('the context', () => {
	it("is what was said since the agent's own last message", async () => {
		const trigger = h.run({ requireMention: true, fetches: { contextMessages: 10 } });
		await h.sayAll(['before']);
		await h.action().session.send(h.text('I am here'));
		await h.sayAll(['cake?', 'or pie?']);
		await h.say('which?', h.group, [h.agent.id]);
		const { prepared } = await trigger.execution(1);
		expect(prepared?.context.map(({ message: { text } }) => text)).toEqual(['cake?', 'or pie?']);
	});
});
