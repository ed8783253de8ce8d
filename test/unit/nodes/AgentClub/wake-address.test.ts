import { wakeAddress } from '../../../../nodes/AgentClub/questions/wake-address';
import { executeHost } from '../../../support/fake-host';

const WAITS = 'N8N_ENDPOINT_WEBHOOK_WAIT';
afterEach(() => {
	Reflect.deleteProperty(process.env, WAITS);
});

interface N8n {
	readonly base: string;
	readonly endpoint?: string;
	/** What an expression reads of the execution. */
	readonly resumeUrl?: unknown;
}

/** The address of question q1 in execution 7, on n8n as the test plays it. */
function wake({ base, endpoint = 'webhook-waiting', resumeUrl }: N8n) {
	let isCheckAskedFor = false;
	const signed = (query: Record<string, string>) =>
		`${base}/${endpoint}/7/node?${new URLSearchParams(query).toString()}&signature=signed`;
	const host = executeHost({
		more: {
			getExecutionId: () => '7',
			getSignedResumeUrl: signed,
			evaluateExpression: () => resumeUrl,
			setSignatureValidationRequired: () => (isCheckAskedFor = true),
		},
	});
	const { path, origin, links } = wakeAddress(host, 'q1');
	return { path, origin, links, isCheckAskedFor };
}

it('is what n8n has signed, and n8n 1 is asked to check the signature', () => {
	expect(wake({ base: 'https://n8n.test:8443' })).toEqual({
		path: '/webhook-waiting/7/node?q=q1&signature=signed',
		origin: 'https://n8n.test:8443',
		links: {
			approve: 'https://n8n.test:8443/webhook-waiting/7/node?q=q1&a=approve&signature=signed',
			disapprove: 'https://n8n.test:8443/webhook-waiting/7/node?q=q1&a=decline&signature=signed',
		},
		isCheckAskedFor: true,
	});
});

it('has the name that the endpoint for waiting executions was given', () => {
	process.env[WAITS] = 'on';
	expect(wake({ base: 'https://n8n.test', endpoint: 'on' })).toMatchObject({
		path: '/on/7/node?q=q1&signature=signed',
		isCheckAskedFor: true,
	});
});

describe('below a path', () => {
	it("bears the execution's token, and nobody asks for a check of what n8n has signed", () => {
		const resumeUrl = 'https://n8n.test/auto/webhook-waiting/7?signature=token';
		expect(wake({ base: 'https://n8n.test/auto', resumeUrl })).toEqual({
			path: '/webhook-waiting/7/answer?signature=token&q=q1',
			origin: 'https://n8n.test/auto',
			links: {
				approve: 'https://n8n.test/auto/webhook-waiting/7/answer?signature=token&q=q1&a=approve',
				disapprove: 'https://n8n.test/auto/webhook-waiting/7/answer?signature=token&q=q1&a=decline',
			},
			isCheckAskedFor: false,
		});
	});

	it.each([undefined, 7, 'no address', 'https://n8n.test/auto/webhook-waiting/7'])(
		'has the secret of the question alone where n8n 1 says %j of its execution',
		(resumeUrl) => {
			const { path, links, isCheckAskedFor } = wake({ base: 'https://n8n.test/auto', resumeUrl });
			expect(path).toBe('/webhook-waiting/7/node?q=q1&signature=signed');
			expect(links?.approve).toContain('/auto/webhook-waiting/7/node?q=q1&a=approve');
			expect(isCheckAskedFor).toBe(false);
		},
	);
});

it.each([
	'http://localhost:5678',
	'http://n8n.localhost',
	'http://127.0.0.1:5678',
	'http://127.8.9.1',
	'http://0.0.0.0:5678',
	'http://[::1]:5678',
	'http://[::]:5678',
])('has no links where %s is the public address, and replies work', (base) => {
	const { links, path } = wake({ base });
	expect(links).toBeUndefined();
	expect(path).toContain('/webhook-waiting/7/node');
});

it.each(['http://127.n8n.test', 'https://localhost.example.test', 'http://192.168.1.7:5678'])(
	'has links where %s is the public address',
	(base) => {
		expect(wake({ base }).links).toBeDefined();
	},
);
