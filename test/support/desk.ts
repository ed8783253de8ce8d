import { EventEmitter, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NodeJson } from '../../playground/host/n8n-types';
import { codeNode, node } from '../../playground/host/workflow-json';

/** A workflow called in with a message. */
export interface Call {
	readonly workflow: string;
	/** The message's plain text. */
	readonly text: string;
}

const PATIENCE_MS = 60_000;
const TEXT = "$('Agent Club Trigger').first().json.plainText";

/**
 * Where the workflows of a test call in, over HTTP from this machine. The test hears that an
 * execution has got this far, and lets it wait in n8n for as long as it wants.
 */
export class Desk {
	readonly calls: Call[] = [];
	private readonly held = new Set<string>();
	private readonly news = new EventEmitter();

	private constructor(
		private readonly server: Server,
		/** Answers with an HTTP status; anything but 200 makes the node fail. */
		private readonly answer: (call: Call) => number | Promise<number>,
	) {
		this.news.setMaxListeners(0);
		server.on('request', (request, response) => {
			const { searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
			const call = {
				workflow: searchParams.get('workflow') ?? '',
				text: searchParams.get('text') ?? '',
			};
			void this.receive(call).then((status) => {
				response
					.writeHead(status, { 'content-type': 'application/json' })
					.end(JSON.stringify(call));
			});
		});
	}

	static async start(answer: (call: Call) => number | Promise<number> = () => 200): Promise<Desk> {
		const server = createServer().listen(0, '127.0.0.1');
		await once(server, 'listening');
		return new Desk(server, answer);
	}

	/** A node that calls in, and ends when it is answered. */
	node(workflow: string, name = 'Desk'): NodeJson {
		const parameters = {
			method: 'GET',
			url: `={{ ${JSON.stringify(this.address(workflow))} + encodeURIComponent(${TEXT}) }}`,
			options: {},
		};
		return node(name, 'n8n-nodes-base.httpRequest', parameters, { typeVersion: 4.2 });
	}

	/** The same as a Code node, which runs in n8n's task runner. */
	codeNode(workflow: string, name = 'Code'): NodeJson {
		const url = `${JSON.stringify(this.address(workflow))} + encodeURIComponent(${TEXT})`;
		return codeNode(name, `await this.helpers.httpRequest({ url: ${url} });\nreturn $input.all();`);
	}

	/** From now on calls with this text wait for `release`. */
	hold(...texts: string[]): void {
		for (const text of texts) this.held.add(text);
	}

	release(...texts: string[]): void {
		for (const text of texts) this.held.delete(text);
		this.news.emit('released');
	}

	/** Waits until so many calls have come that match. */
	async called(matches: Partial<Call>, times = 1): Promise<void> {
		const count = () =>
			this.calls.filter((call) =>
				Object.entries(matches).every(([key, value]) => call[key as keyof Call] === value),
			).length;
		await this.until(
			'called',
			() => count() >= times,
			`${times} calls like ${JSON.stringify(matches)}`,
		);
	}

	/** Waits for so many calls more, of anybody. @param patience ms */
	async moreCalls(times: number, patience = PATIENCE_MS): Promise<void> {
		const before = this.calls.length;
		await this.until(
			'called',
			() => this.calls.length >= before + times,
			`${times} calls more`,
			patience,
		);
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	private address(workflow: string): string {
		const { port } = this.server.address() as AddressInfo;
		return `http://127.0.0.1:${port}/?workflow=${encodeURIComponent(workflow)}&text=`;
	}

	private async receive(call: Call): Promise<number> {
		this.calls.push(call);
		this.news.emit('called');
		while (this.held.has(call.text)) await once(this.news, 'released');
		return await this.answer(call);
	}

	private async until(
		event: string,
		condition: () => boolean,
		what: string,
		patienceMs = PATIENCE_MS,
	): Promise<void> {
		const patience = AbortSignal.timeout(patienceMs);
		while (!condition()) {
			await once(this.news, event, { signal: patience }).catch((cause: unknown) => {
				const seen = this.calls.slice(-20).map(({ workflow, text }) => `${workflow} ${text}`);
				throw new Error(
					`waited in vain for ${what}; the last calls were: ${seen.join(' | ') || 'none'}`,
					{ cause },
				);
			});
		}
	}
}
