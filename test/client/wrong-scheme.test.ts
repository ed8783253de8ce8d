import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { verifyCredentials } from '../../client/agent/verify';
import { systemClock } from '../../client/clock';
import { AgentHarness } from '../support/agent-harness';
import { OddServer } from '../support/odd-server';
import { makeSelfSigned } from '../support/self-signed-certificate';

const WRITE_HTTPS = 'rite https:// instead of http://';
const WRITE_HTTP = 'rite http:// instead of https://';

let h: AgentHarness;
beforeEach(async () => {
	h = await AgentHarness.start();
});
afterEach(() => h.stop());

/** That requests, the test of a credential and the log of a trigger say the same. */
async function everybodyIsTold(url: string, message: RegExp, remedy: string): Promise<void> {
	const credentials = h.credentials({ url });
	const error = {
		code: 'UNREACHABLE',
		message: expect.stringMatching(message) as string,
		remedy: expect.stringContaining(remedy) as string,
	};
	await expect(h.action(credentials).session.http.chats()).rejects.toMatchObject(error);
	await expect(verifyCredentials(credentials, systemClock, 5000)).rejects.toMatchObject(error);
	h.run({}, credentials);
	await h.logged(
		new RegExp(`warn: No connection to Agent Club.* the server ${message.source}.*${remedy}`),
	);
}

async function withServer(server: Server, run: (port: number) => Promise<void>): Promise<void> {
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	try {
		await run((server.address() as AddressInfo).port);
	} finally {
		server.close();
	}
}

/** Answers whatever it reads with these bytes, and closes. */
function answering(bytes: string | Buffer): Server {
	return createServer((socket) => {
		socket.on('error', () => undefined).once('data', () => socket.end(bytes));
	});
}

describe('a server that speaks HTTPS where HTTP was expected', () => {
	it('may close the connection without a word: everybody is told that it may want HTTPS', async () => {
		const server = createHttpsServer(makeSelfSigned());
		await withServer(server, (port) =>
			everybodyIsTold(
				`http://127.0.0.1:${port}`,
				/closes the connection without an answer/,
				WRITE_HTTPS,
			),
		);
	});

	it('may say so in HTTP: everybody is told to write https://', async () => {
		const odd = await OddServer.start({
			request: (_request, response) => {
				response.writeHead(400).end('<h1>The plain HTTP request was sent to HTTPS port</h1>');
			},
		});
		await everybodyIsTold(odd.url, /speaks HTTPS where HTTP was expected/, WRITE_HTTPS);
		await odd.stop();
	});

	it('may answer with an alert of TLS, which is no HTTP', async () => {
		await withServer(answering(Buffer.from([0x15, 3, 1, 0, 2, 2, 70])), (port) =>
			everybodyIsTold(`http://127.0.0.1:${port}`, /does not answer in HTTP/, WRITE_HTTPS),
		);
	});
});

it('a server that speaks another protocol is told as one, for requests and sockets', async () => {
	await withServer(answering('220 mail.test ESMTP\r\n'), (port) =>
		everybodyIsTold(`http://127.0.0.1:${port}`, /does not answer in HTTP/, WRITE_HTTPS),
	);
});

it('a server that speaks HTTP where HTTPS was expected is told as one, for requests and sockets', async () => {
	await everybodyIsTold(
		new URL(h.club.url).origin.replace('http:', 'https:'),
		/speaks HTTP where HTTPS was expected/,
		WRITE_HTTP,
	);
});
