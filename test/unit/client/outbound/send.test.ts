import { Readable } from 'node:stream';
import { AgentClubError } from '../../../../client/errors';
import type { AgentHttp } from '../../../../client/http/agent-http';
import type { Outgoing } from '../../../../client/outbound/compose';
import { type TriedParts, sendMessage, type SendRequest } from '../../../../client/outbound/send';
import { GROUP } from '../../../support/sample-messages';

const file = (fileName: string) => ({
	fileName,
	size: 3,
	open: () => Promise.resolve(Readable.from([Buffer.from('abc')])),
});

const REFUSED = new AgentClubError('REFUSED', 'The server refused it', {
	serverText: 'No',
	remedy: 'Join the group.',
});

/** An agent whose n-th send fails, if one does; `log` has what it did, in order. */
const sender = (failAt?: number, failure = REFUSED) => {
	const log: string[] = [];
	const sent: Outgoing[] = [];
	const leftAts: Array<number | undefined> = [];
	return {
		log,
		sent,
		leftAts,
		http: {
			upload: (name: string) => {
				log.push(`upload ${name}`);
				return Promise.resolve({
					url: `/media/${name}`,
					fileName: `server_${name}`,
					kind: 'image' as const,
				});
			},
		} as unknown as AgentHttp,
		ask: <T>(question: () => Promise<T>) => question(),
		send: (outgoing: Outgoing, _signal?: AbortSignal, leftAt?: number) => {
			log.push(`send ${outgoing.content || outgoing.fileName}`);
			leftAts.push(leftAt);
			if (sent.length === failAt) return Promise.reject(failure);
			sent.push(outgoing);
			return Promise.resolve({
				messageId: `msg_${sent.length}`,
				createdAt: sent.length,
				confirmedBy: 'answer' as const,
			});
		},
	};
};

const request = (change: Partial<SendRequest> = {}): SendRequest => ({
	chat: GROUP,
	text: 'Hello',
	format: 'text',
	mentionIds: [],
	files: [],
	uploaded: [],
	filesBefore: false,
	...change,
});

describe('sending', () => {
	it('sends a text', async () => {
		const agent = sender();

		await expect(
			sendMessage(agent, request({ text: '<at user_id="u_1">A</at> hi', mentionIds: ['u_2'] })),
		).resolves.toEqual({
			confirmation: { messageId: 'msg_1', createdAt: 1, confirmedBy: 'answer' },
			text: '<at user_id="u_1">A</at> hi',
			mentions: ['u_1', 'u_2'],
			files: [],
		});
	});

	it('uploads every file before the first message leaves, and sends files after the text', async () => {
		const agent = sender();

		const result = await sendMessage(agent, request({ files: [file('a.png'), file('b.png')] }));

		expect(agent.log).toEqual([
			'upload a.png',
			'upload b.png',
			'send Hello',
			'send a.png',
			'send b.png',
		]);
		expect(result.confirmation.messageId).toBe('msg_1');
		expect(result.files).toEqual([
			{ messageId: 'msg_2', fileName: 'a.png', kind: 'image', url: '/media/a.png', fileSize: 3 },
			{ messageId: 'msg_3', fileName: 'b.png', kind: 'image', url: '/media/b.png', fileSize: 3 },
		]);
	});

	it('sends files before the text where that is wanted, and still names the text as the message', async () => {
		const agent = sender();

		const result = await sendMessage(agent, request({ files: [file('a.png')], filesBefore: true }));

		expect(agent.log).toEqual(['upload a.png', 'send a.png', 'send Hello']);
		expect(result.confirmation.messageId).toBe('msg_2');
	});

	it('sends files without a text, the first of which is the message', async () => {
		const agent = sender();

		const result = await sendMessage(
			agent,
			request({ text: '', files: [file('a.png'), file('b.png')] }),
		);

		expect(agent.log).not.toContain('send ');
		expect(result.confirmation.messageId).toBe('msg_1');
		expect(result.files.map(({ messageId }) => messageId)).toEqual(['msg_1', 'msg_2']);
	});

	it('sends each file as a message without words, under its original name', async () => {
		const agent = sender();

		await sendMessage(agent, request({ files: [file('a.png')] }));

		expect(agent.sent[1]).toMatchObject({
			content: '',
			contentType: 'image',
			fileUrl: '/media/a.png',
			fileName: 'a.png',
			mentions: [],
		});
	});

	it('sends files that lie on the server already, after those it uploads', async () => {
		const agent = sender();
		const uploaded = [
			{ url: '/media/old', fileName: 'old.png', kind: 'image' as const, fileSize: null },
		];

		await sendMessage(agent, request({ files: [file('new.png')], uploaded }));

		expect(agent.log).toEqual(['upload new.png', 'send Hello', 'send new.png', 'send old.png']);
	});

	it('lets the first file mention people where there is no text to do it', async () => {
		const agent = sender();

		const result = await sendMessage(
			agent,
			request({ text: '', mentionIds: ['u_1'], files: [file('a.png'), file('b.png')] }),
		);

		expect(agent.sent.map(({ mentions }) => mentions)).toEqual([['u_1'], []]);
		expect(result.mentions).toEqual(['u_1']);
	});

	it('uploads nothing where one of the files would be refused', async () => {
		const agent = sender();

		await expect(
			sendMessage(agent, request({ files: [file('a.png'), file('b.exe')] })),
		).rejects.toMatchObject({ code: 'FILE' });
		expect(agent.log).toEqual([]);
	});

	it('uploads nothing where the text has too many mentions', async () => {
		const agent = sender();
		const mentionIds = Array.from({ length: 101 }, (_nothing, number) => `u_${number}`);

		await expect(
			sendMessage(agent, request({ mentionIds, files: [file('a.png')] })),
		).rejects.toMatchObject({ code: 'SETTINGS' });
		expect(agent.log).toEqual([]);
	});

	it('uploads nothing where the text is longer than the server takes', async () => {
		const agent = sender();
		const text = 'x'.repeat(53 * 1024 * 1024);

		await expect(
			sendMessage(agent, request({ text, files: [file('a.png')] })),
		).rejects.toMatchObject({ code: 'SETTINGS' });
		expect(agent.log).toEqual([]);
	});

	it("fails with the server's own words where nothing was sent", async () => {
		await expect(sendMessage(sender(0), request())).rejects.toMatchObject({
			code: 'REFUSED',
			message: 'The server refused it',
		});
	});

	it('lists what was sent where it fails in the middle, and stops there', async () => {
		const agent = sender(2);

		await expect(
			sendMessage(agent, request({ files: [file('a.png'), file('b.png'), file('c.png')] })),
		).rejects.toMatchObject({
			code: 'REFUSED',
			message: 'Only a part was sent (the text, the file "a.png"). Then: The server refused it',
			serverText: 'No',
			remedy: 'Join the group.',
		});
		expect(agent.log.at(-1)).toBe('send b.png');
	});

	it('of what an earlier try had confirmed neither uploads nor sends a part again', async () => {
		const tried: TriedParts = new Map();
		const parts = { files: [file('a.png'), file('b.png')], tried };
		await expect(sendMessage(sender(2), request(parts))).rejects.toMatchObject({
			code: 'REFUSED',
		});
		const again = sender();

		const result = await sendMessage(again, request({ ...parts, text: 'Another wording' }));

		expect(again.log).toEqual(['upload b.png', 'send b.png']);
		expect(result.text).toBe('Hello');
		expect(result.files.map(({ fileName }) => fileName)).toEqual(['a.png', 'b.png']);
	});

	it('of which an earlier try does not know the outcome looks for that part as it was', async () => {
		const tried: TriedParts = new Map();
		const parts = { files: [file('a.png'), file('b.png')], tried };
		const lost = new AgentClubError('OUTCOME_UNKNOWN', 'Nobody can tell', { leftAt: 1234 });
		await expect(sendMessage(sender(1, lost), request(parts))).rejects.toThrow('Nobody can tell');
		const again = sender();

		await sendMessage(again, request({ ...parts, text: 'Another wording' }));

		expect(again.log).toEqual(['upload b.png', 'send a.png', 'send b.png']);
		expect(again.leftAts).toEqual([1234, undefined]);
	});

	it('is an error where there is nothing to send', async () => {
		await expect(sendMessage(sender(), request({ text: '' }))).rejects.toMatchObject({
			code: 'SETTINGS',
		});
	});
});
