import { constants } from 'node:buffer';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Server } from 'socket.io';
import { systemClock } from '../../client/clock';
import { openSocket } from '../../client/connection/socket';
import type { WireSocket } from '../../client/connection/wire';
import type { AgentClubError } from '../../client/errors';
import { AgentHarness } from '../support/agent-harness';
import { ForeignServer } from '../support/foreign-server';
import { listenOnFreshPort } from '../support/fresh-port';
import { OddServer } from '../support/odd-server';
import { credentialsOf, TOKEN } from '../support/sample-credentials';

/** What the wire's own layers say when all is well. */
const OPEN =
	'0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}';
const CONNECTED = '40{"sid":"a"}';

/** The head of a text frame of so many bytes, none of which follows. */
const headOf = (bytes: number) => {
	const head = Buffer.from([0x81, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
	head.writeBigUInt64BE(BigInt(bytes), 2);
	return head;
};

/** Answers with so many bytes of this, as fast as they are taken. */
const answerOf = (bytes: number, content: string): RequestListener => {
	const chunk = Buffer.from(content.repeat(1_000_000 / content.length));
	function* chunks() {
		for (let left = bytes; left > 0; left -= chunk.length) yield chunk.subarray(0, left);
	}
	return (_request, response) => {
		pipeline(Readable.from(chunks()), response, () => undefined);
	};
};

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

/** An exception that nobody catches fails the test in which it happens, as it would end n8n. */
describe('a server that speaks the transport wrongly', () => {
	let h: AgentHarness;
	let odd: OddServer;
	beforeAll(async () => {
		h = await AgentHarness.start();
	});
	afterEach(() => odd.stop());
	afterAll(() => h.stop());

	/**
	 * A trigger with that server in its credential: the connection ends, says so, and is tried again.
	 */
	async function isSurvived(reason: RegExp): Promise<void> {
		const { length } = h.log;
		const trigger = h.run({ place: `at ${odd.url}` }, h.credentials({ url: odd.url }));
		await h.logged(
			new RegExp(
				`warn: No connection to Agent Club.*${odd.url.replaceAll('.', '\\.')}: ${reason.source}`,
			),
		);
		await h.clock.skip(3000);
		await h.close(trigger);
		expect(h.log.slice(length).filter((line) => /[\p{Cc}\u202e]/u.test(line))).toEqual([]);
	}

	it.each<[string, readonly string[], RegExp]>([
		['opens with null', ['0null'], /unreadable frame/],
		['opens with half an object', ['0{'], /unreadable frame/],
		['opens without an object', ['0'], /unreadable frame/],
		['opens with a number', ['05'], /unreadable frame/],
		['opens with upgrades that are no list', ['0{"sid":"s","upgrades":null}'], /unreadable frame/],
		[
			'opens with times that are none',
			['0{"sid":{"toString":1},"upgrades":"websocket","pingInterval":"\\n","pingTimeout":{}}'],
			/ping timeout/,
		],
		['sends packets of no kind', [OPEN, '9\n\u202e', 'zzz', ''], /server error/],
		['sends half a packet', [OPEN, CONNECTED, '42['], /parse error/],
		['sends a reserved event', [OPEN, CONNECTED, '42["connect_error",{}]'], /parse error/],
		['sends an event without a name', [OPEN, CONNECTED, '42[{}]'], /parse error/],
		[
			'sends more arguments than a function takes',
			[OPEN, CONNECTED, `42["new_message"${',0'.repeat(300_000)}]`],
			/unreadable packet/,
		],
		[
			'announces more attachments than there can be',
			[OPEN, CONNECTED, '459999999999-["new_message",{"_placeholder":true,"num":0}]'],
			/parse error/,
		],
		[
			'sends millions of objects',
			[OPEN, CONNECTED, `42["new_message",[${'{},'.repeat(21_000_000)}0]]`],
			/unreadable frame \(more than 20000000 values\)/,
		],
		['refuses without a word', [OPEN, '44null'], /parse error/],
		[
			'refuses with what is no text',
			[OPEN, '44{"message":{"toString":1,"valueOf":1}}'],
			/unreadable packet/,
		],
		[
			'speaks an older protocol',
			[OPEN, '40'],
			/It seems you are trying to reach a Socket\.IO server in v2/,
		],
	])(
		'and %s is survived: the log says why, and the connection is tried again',
		async (_what, frames, reason) => {
			odd = await OddServer.start({
				frames,
				request: (_request, response) => response.end(frames.join('\u001e')),
			});
			await isSurvived(reason);
		},
	);

	it.each<[string, Buffer]>([
		['breaks a character', Buffer.from([0x81, 2, 0xc3, 0x28])],
		['sets bits that mean nothing', Buffer.from([0xf1, 1, 0x30])],
		[
			'sends a frame of 2^63 bytes',
			Buffer.from([0x81, 127, 0x7f, 255, 255, 255, 255, 255, 255, 255]),
		],
		[
			'begins a frame that is one byte longer than any text',
			headOf(constants.MAX_STRING_LENGTH + 1),
		],
		['masks what it sends', Buffer.from([0x81, 0x81, 1, 2, 3, 4, 5])],
		['closes with a code that does not exist', Buffer.from([0x88, 2, 0, 1])],
	])('and %s is survived too', async (_what, frame) => {
		odd = await OddServer.start({ frames: [OPEN, frame] });
		await isSurvived(/(websocket|transport)/);
	});

	it('and nests deeper than anybody is listened to: each such frame is told, and skipped', async () => {
		const identity =
			'42["auth_ok",{"user_id":"u_1","display_name":"R","role":"agent","is_agent":1,"heartbeat_interval":300}]';
		odd = await OddServer.start({
			frames: [
				OPEN,
				CONNECTED,
				identity,
				`42["new_message",${nested(200_000)}]`,
				`42["offline_messages",${nested(200_000)}]`,
			],
		});
		const trigger = h.run({ place: 'nested' }, h.credentials({ url: odd.url }));
		await h.logged(/warn: The server sent something unreadable: a message could not be read/, 2);
		expect(trigger.texts).toEqual([]);
		await h.close(trigger);
	});

	it.each<[string, string]>([
		['opens with null', '0null'],
		['opens with half an object', '0{'],
		['opens with upgrades that are no list', '0{"sid":"s","upgrades":null}'],
		['sends nothing that is a frame', '\u001e\u001e<html>'],
	])('and %s by polling is survived', async (_what, body) => {
		odd = await OddServer.start({ request: (_request, response) => response.end(body) });
		await isSurvived(/(unreadable frame|server error|xhr)/);
	});

	it.each<[string, RequestListener, RegExp]>([
		[
			'announces more than a text can hold',
			(_request, response) =>
				response.writeHead(200, { 'content-length': constants.MAX_STRING_LENGTH + 1 }).write(OPEN),
			/xhr poll error \(an answer of more than 536 MB\)/,
		],
		['answers with 64 MB of nonsense', answerOf(64_000_000, 'x'), /server error/],
		[
			'answers with millions of packets',
			answerOf(64_000_000, '6\u001e'),
			/unreadable frame \(more than 1000000 packets in an answer\)/,
		],
		[
			'answers with one packet of millions of objects',
			answerOf(66_000_000, '{},'),
			/unreadable frame \(more than 20000000 values\)/,
		],
	])('and %s by polling is survived', async (_what, request, reason) => {
		odd = await OddServer.start({ request });
		await isSurvived(reason);
	});

	it.each([301, 302, 303, 307, 308])(
		'and redirects the polling (%i) is not followed',
		async (status) => {
			const foreign = await ForeignServer.start({ type: 'text/plain', body: OPEN });
			odd = await OddServer.start({
				request: (_request, response) =>
					response.writeHead(status, { location: `${foreign.url}/socket.io/` }).end(),
			});
			await isSurvived(/xhr poll error \(HTTP status 30\d\)/);
			expect(odd.requests.some((request) => request.includes('transport=polling'))).toBe(true);
			expect(foreign.visits).toEqual([]);
			await foreign.stop();
		},
	);

	it('and redirects the polling to no place is survived', async () => {
		odd = await OddServer.start({ request: (_request, response) => response.writeHead(302).end() });
		await isSurvived(/xhr poll error/);
	});

	it('and redirects the websocket is not followed', async () => {
		const foreign = await ForeignServer.start();
		odd = await OddServer.start({
			upgradeRefusal: `HTTP/1.1 302 Found\r\nLocation: ${foreign.url}/socket.io/\r\nConnection: close\r\n\r\n`,
		});
		await isSurvived(/(websocket|xhr poll) error/);
		expect(odd.requests.some((request) => request.includes('transport=websocket'))).toBe(true);
		expect(foreign.visits).toEqual([]);
		await foreign.stop();
	});
});

describe('a server that answers a request with thousands of arguments', () => {
	/** The library takes them apart twice, and fails in between on some of these numbers. */
	it.each([60_000, 80_000, 100_000, 120_000, 300_000])(
		'%i of them: the request ends all the same',
		async (count) => {
			const server = createServer();
			const io = new Server(server);
			io.on('connection', (client) => {
				// As a packet: the library's server could not put so many together either.
				client.on('mark_read', () => client.conn.write(`30[${'0,'.repeat(count - 1)}0]`));
			});
			await listenOnFreshPort(server);
			const { port } = server.address() as AddressInfo;
			let socket: WireSocket | undefined;
			await new Promise<void>((connected) => {
				const nothing = () => undefined;
				socket = openSocket(
					credentialsOf(TOKEN, `http://127.0.0.1:${port}`),
					['websocket'],
					systemClock,
					{ frame: nothing, connected, refused: nothing, failed: nothing },
				);
			});

			const request = socket?.request('mark_read', {}, 300);
			const end = await Promise.race([
				request?.then(
					(args) => args.length,
					(error: unknown) => (error as AgentClubError).code,
				),
				sleep(10_000, 'none'),
			]);

			expect([count, 'TIMEOUT']).toContain(end);
			socket?.close();
			await io.close();
		},
	);
});
