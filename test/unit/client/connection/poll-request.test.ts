import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { pollAnswer, PollRefused } from '../../../../client/connection/poll-request';
import { OddServer } from '../../../support/odd-server';

describe('a request of the polling transport', () => {
	let server: OddServer | undefined;
	afterEach(async () => {
		await server?.stop();
		server = undefined;
	});

	async function answer(
		request: RequestListener,
		{ body, maxBytes = 10 }: { body?: string; maxBytes?: number } = {},
	): Promise<string> {
		server = await OddServer.start({ request });
		const { url } = server;
		return pollAnswer(
			{ url, agent: undefined, rejectUnauthorized: true, ...(body !== undefined && { body }) },
			maxBytes,
		);
	}

	it('gives the text of the answer, characters that arrive in two pieces included', async () => {
		const bytes = Buffer.from('4äöü');
		await expect(
			answer((_request, response) => {
				response.write(bytes.subarray(0, 2), () => response.end(bytes.subarray(2)));
			}),
		).resolves.toBe('4äöü');
	});

	it('is a GET, and with a body a POST of text with its length', async () => {
		const seen: unknown[] = [];
		const listener: RequestListener = ({ method, headers }, response) => {
			seen.push([method, headers['content-type'], headers['content-length']]);
			response.end('ok');
		};
		await answer(listener);
		await server?.stop();
		await answer(listener, { body: '4ä' });
		expect(seen).toEqual([
			['GET', undefined, undefined],
			['POST', 'text/plain;charset=UTF-8', '3'],
		]);
	});

	it('takes an answer as long as the limit', async () => {
		await expect(answer((_request, response) => response.end('x'.repeat(10)))).resolves.toBe(
			'x'.repeat(10),
		);
	});

	it('is cut where more arrives than the limit, whatever was announced', async () => {
		let isClosed: Promise<unknown> | undefined;
		await expect(
			answer(
				(_request, response) => {
					isClosed = once(response, 'close');
					response.write('x'.repeat(1_000_001));
				},
				{ maxBytes: 1_000_000 },
			),
		).rejects.toThrow('an answer of more than 1 MB');
		await isClosed;
	});

	it('does not wait for an answer that announces more than the limit', async () => {
		await expect(
			answer(
				(_request, response) => response.writeHead(200, { 'content-length': 2_000_000 }).write('x'),
				{ maxBytes: 1_000_000 },
			),
		).rejects.toThrow('an answer of more than 1 MB');
	});

	it.each([204, 302, 404, 500])('fails with the status of an answer of %i', async (status) => {
		await expect(
			answer((_request, response) => response.writeHead(status, { location: '/x' }).end()),
		).rejects.toEqual(new PollRefused(status, ''));
		expect(server?.requests).toEqual(['GET /']);
	});

	it('has the beginning of the page behind a status, which may say what is wrong', async () => {
		await expect(
			answer((_request, response) => response.writeHead(400).end('The reason')),
		).rejects.toEqual(new PollRefused(400, 'The reason'));
	});

	it.each<[string, RequestListener]>([
		['before', (_request, response) => response.socket?.destroy()],
		[
			'within',
			(_request, response) => {
				response.writeHead(200, { 'content-length': 9 });
				response.write('x', () => response.socket?.destroy());
			},
		],
	])('fails where the connection breaks %s the answer', async (_where, request) => {
		await expect(answer(request)).rejects.toThrow(/socket hang up|ECONNRESET|aborted/);
	});
});
