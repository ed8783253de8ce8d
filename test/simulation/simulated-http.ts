import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../client/clock';
import type { HttpAnswer, HttpClient, HttpRequest } from '../../client/http/http-client';
import { agentRoutes } from '../../playground/club/agent-http';
import type { ClubCore } from '../../playground/club/club-core';
import type { Faults } from '../../playground/club/faults';
import { refusal, type Answer } from '../../playground/club/http-answers';
import { route } from '../../playground/club/routing';

interface SimulatedHttp {
	readonly core: ClubCore;
	readonly faults: Faults;
	readonly clock: Clock;
	readonly token: string;
	readonly isDown: () => boolean;
	readonly latency: () => number;
}

/** The club's own HTTP routes, answered in simulated time. */
export function simulatedHttp(world: SimulatedHttp): HttpClient {
	const { core, faults } = world;
	const routes = agentRoutes({
		traits: core.traits,
		store: core.store,
		cursors: core.cursors,
		uploads: core.uploads,
		get refusesTokens() {
			return faults.refusesTokens;
		},
	});
	const answer = async ({ method, url, headers = {} }: HttpRequest): Promise<HttpAnswer> => {
		await later(world);
		if (world.isDown()) throw failed('ECONNREFUSED');
		const path = new URL(url);
		const failure = faults.http.take(path.pathname + path.search);
		if (failure?.mode === 'reset') throw failed('ECONNRESET');
		if (failure && failure.mode !== 'status') return await new Promise<never>(() => undefined);
		const request = { method, url, headers } as unknown as IncomingMessage;
		const told = failure
			? refusal(failure.status ?? 500, 'failed on purpose')
			: await route(routes, request, path);
		await later(world);
		if (world.isDown()) throw failed('ECONNRESET');
		return httpAnswer(told, world.clock);
	};
	return {
		send: (request) => {
			const { signal } = request;
			return new Promise((resolve, reject) => {
				const abort = () => {
					reject(failed('UND_ERR_ABORTED'));
				};
				if (signal?.aborted) {
					abort();
					return;
				}
				signal?.addEventListener('abort', abort, { once: true });
				answer(request)
					.then(resolve, reject)
					.finally(() => signal?.removeEventListener('abort', abort));
			});
		},
		close: () => undefined,
	};
}

function later({ clock, latency }: SimulatedHttp): Promise<void> {
	return new Promise((resolve) => {
		clock.after(latency(), resolve);
	});
}

function httpAnswer({ status, headers, body }: Answer, clock: Clock): HttpAnswer {
	const date = new Date(clock.wallTime()).toUTCString();
	const content = Readable.from([Buffer.from(body)]);
	return { status, headers: { ...lowerCase(headers), date }, body: content };
}

function lowerCase(headers: Answer['headers']): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
	);
}

function failed(code: string): Error {
	return Object.assign(new Error(code), { code });
}
