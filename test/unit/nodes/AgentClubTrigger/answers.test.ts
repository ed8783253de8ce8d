import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Acceptance, Question } from '../../../../client/questions/question';
import { answerPort, ownAddress } from '../../../../nodes/AgentClubTrigger/answers';
import { fileWith } from '../../../support/file-with';
import { RecordedLogger } from '../../../support/recorded-logger';
import { makeSelfSigned } from '../../../support/self-signed-certificate';

const QUESTION: Question = {
	id: 'q1',
	responseType: 'approval',
	approveLabel: 'Approve',
	disapproveLabel: 'Decline',
	approvers: [],
	isRefusal: false,
	isReview: false,
	until: undefined,
	announces: true,
	excerpt: 'May I?',
	wakePath: '/webhook-waiting/7/node?q=q1&signature=abc',
	wakeOrigin: 'https://n8n.test',
};

interface Asked {
	readonly url: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: unknown;
}

/** What an n8n says; undefined breaks the connection off. */
interface Says {
	readonly status: number;
	readonly text: string;
	readonly headers?: Record<string, string>;
}

/** A server of this machine that answers everything in one way. */
class Host {
	readonly asked: Asked[] = [];
	says: Says | undefined = { status: 200, text: '{"agentClub":"accepted"}' };
	private readonly server;

	constructor(isTls = false) {
		const listener: RequestListener = (request, response) => {
			void (async () => {
				let body = '';
				for await (const chunk of request) body += String(chunk);
				const { url = '', headers } = request;
				this.asked.push({ url, headers, body: JSON.parse(body) });
				if (!this.says) response.destroy();
				else response.writeHead(this.says.status, this.says.headers).end(this.says.text);
			})();
		};
		this.server = isTls ? createTlsServer(makeSelfSigned(), listener) : createServer(listener);
	}

	async start(): Promise<string> {
		this.server.listen(0, '127.0.0.1');
		await once(this.server, 'listening');
		return String((this.server.address() as AddressInfo).port);
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		this.server.close();
		await once(this.server, 'close');
	}
}

const LISTENS = ['N8N_PORT', 'N8N_LISTEN_ADDRESS', 'N8N_PROTOCOL', 'N8N_SSL_KEY', 'N8N_SSL_CERT'];

const hosts: Host[] = [];
afterEach(async () => {
	for (const name of LISTENS) Reflect.deleteProperty(process.env, name);
	await Promise.all(hosts.splice(0).map((host) => host.stop()));
});

async function started(isTls = false): Promise<{ host: Host; port: string }> {
	const host = new Host(isTls);
	hosts.push(host);
	return { host, port: await host.start() };
}

/** An n8n at its own address, and what stands at its public one. */
async function scene(isTls = false) {
	const own = await started(isTls);
	const outside = await started();
	process.env.N8N_PORT = own.port;
	const logger = new RecordedLogger();
	const port = answerPort(logger);
	const question = { ...QUESTION, wakeOrigin: `http://127.0.0.1:${outside.port}/n8n` };
	return { own: own.host, outside: outside.host, logger, port, question };
}

const page = (words: string) =>
	`<html><link href="https://n8n.io/favicon.ico"><p>${words}</p></html>`;

describe('an answer', () => {
	it("goes to n8n's own address with the path, the query and the host of its link", async () => {
		const { own, outside, port, question } = await scene();

		expect(await port.answer(question, 'sealed')).toBe('accepted');

		expect(own.asked).toEqual([
			{
				url: QUESTION.wakePath,
				headers: expect.objectContaining({ host: new URL(question.wakeOrigin).host }) as unknown,
				body: { answer: 'sealed' },
			},
		]);
		expect(outside.asked).toEqual([]);
	});

	it.each<readonly [string, string, Says]>([
		['accepted', 'our own word says so', { status: 200, text: '{"agentClub":"accepted"}' }],
		['over', 'our own word says so', { status: 200, text: '{"agentClub":"over"}' }],
		['over', 'n8n has a friendly page', { status: 200, text: page('No action required') }],
		['over', 'n8n does not know the signature', { status: 401, text: page('Invalid token') }],
		['over', 'n8n 1 does not', { status: 401, text: '{"error":"Invalid token"}' }],
		['over', 'the execution is gone', { status: 404, text: '{"code":404}' }],
		['over', 'it has failed', { status: 409, text: '{"message":"has finished with error."}' }],
		['busy', 'it runs', { status: 409, text: '{"message":"\\"7\\" is running already."}' }],
		['busy', 'n8n fell over it', { status: 500, text: '{"code":0}' }],
	])('is %s where %s', async (acceptance, _why, says) => {
		const { own, outside, port, question } = await scene();
		own.says = says;
		expect(await port.answer(question, 'sealed')).toBe(acceptance);
		expect(outside.asked).toEqual([]);
	});

	it.each<readonly [string, Says | undefined]>([
		['another word in our place', { status: 200, text: '{"agentClub":"accepted!"}' }],
		['no word at all', { status: 200, text: '{"agentClub":true}' }],
		['our word in a list', { status: 200, text: '[{"agentClub":"accepted"}]' }],
		['our word in a page', { status: 200, text: page('{"agentClub":"accepted"}') }],
		['nothing', { status: 200, text: '' }],
		['null', { status: 200, text: 'null' }],
		['a login page', { status: 200, text: '<html>Who are you? {"agentClub":"accepted"}</html>' }],
		['a broken connection', undefined],
	])('is never taken for accepted by %s', async (_what, says) => {
		const { own, outside, port, question } = await scene();
		own.says = says;
		outside.says = says;
		expect(await port.answer(question, 'sealed')).not.toBe('accepted');
	});

	it.each<readonly [string, Acceptance, Says | undefined]>([
		[
			'a redirect',
			'unreachable',
			{ status: 302, text: '', headers: { location: 'http://127.0.0.1:1/' } },
		],
		['a login page', 'unreachable', { status: 200, text: '<html>Who are you?</html>' }],
		[
			'a page of the editor alone',
			'unreachable',
			{ status: 404, text: '<html>Cannot POST</html>' },
		],
		['a gateway without anything behind it', 'unknown', { status: 502, text: 'Bad Gateway' }],
		[
			'a node that could not take it just now',
			'unreachable',
			{ status: 503, text: 'Please try again.' },
		],
		['a broken connection', 'unknown', undefined],
	])(
		"goes to where people's links lead if there is %s at its own address",
		async (_what, acceptance, says) => {
			const { own, outside, port, logger, question } = await scene();
			own.says = says;

			expect(await port.answer(question, 'sealed')).toBe('accepted');
			expect(outside.asked.map(({ url }) => url)).toEqual([`/n8n${QUESTION.wakePath}`]);
			expect(logger.complaints).toEqual([]);

			outside.says = says;
			expect(await port.answer(question, 'sealed')).toBe(acceptance);
			expect(logger.complaints.join()).toContain('does not take the answer to a question');
		},
	);

	it('is not known to be over by what is said elsewhere of one that n8n may have had', async () => {
		const { own, outside, port, question } = await scene();
		own.says = undefined;
		outside.says = { status: 200, text: '{"agentClub":"over"}' };
		expect(await port.answer(question, 'sealed')).toBe('unknown');
	});

	it('reaches an n8n with TLS and a certificate of its own making', async () => {
		const { own, port, question } = await scene(true);
		Object.assign(process.env, { N8N_PROTOCOL: 'https', N8N_SSL_KEY: 'k', N8N_SSL_CERT: 'c' });
		expect(await port.answer(question, 'sealed')).toBe('accepted');
		expect(own.asked).toHaveLength(1);
	});

	it('goes to nobody at the public address whose certificate cannot be checked', async () => {
		const { host, port: number } = await started(true);
		process.env.N8N_PORT = '1';
		const port = answerPort(new RecordedLogger());
		const question = { ...QUESTION, wakeOrigin: `https://127.0.0.1:${number}` };
		expect(await port.answer(question, 'sealed')).toBe('unreachable');
		expect(host.asked).toEqual([]);
	});
});

it.each([
	['accepted', '{"agentClub":"open"}'],
	['over', '{"agentClub":"over"}'],
])('a question is asked whether it is open, and is "%s" by %s', async (acceptance, text) => {
	const { own, port, question } = await scene();
	own.says = { status: 200, text };
	expect(await port.check(question)).toBe(acceptance);
	expect(own.asked.map(({ body }) => body)).toEqual([{ check: true }]);
});

it.each([
	['http://127.0.0.1:5678', {}],
	['http://127.0.0.1:5678', { N8N_PORT: '' }],
	['http://10.0.0.7:5678', { N8N_LISTEN_ADDRESS: '"10.0.0.7"' }],
	['http://127.0.0.1:5679', { N8N_PORT_FILE: fileWith('5679') }],
	['http://127.0.0.1:80', { N8N_PORT: '80', N8N_LISTEN_ADDRESS: '0.0.0.0' }],
	['http://127.0.0.1:5678', { N8N_LISTEN_ADDRESS: '::' }],
	['http://[fd00::1]:5678', { N8N_LISTEN_ADDRESS: 'fd00::1' }],
	['http://10.0.0.7:5678', { N8N_LISTEN_ADDRESS: '10.0.0.7', N8N_PROTOCOL: 'https' }],
	[
		'https://127.0.0.1:443',
		{ N8N_PORT: '443', N8N_PROTOCOL: 'https', N8N_SSL_KEY: 'k', N8N_SSL_CERT: 'c' },
	],
])('n8n listens at %s by %j', (address, environment) => {
	expect(ownAddress(environment)).toBe(address);
});
