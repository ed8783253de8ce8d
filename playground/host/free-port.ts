import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections (32768 and up on Linux, 49152
 * elsewhere). Otherwise a program that is killed and started again may find one of those on its
 * port.
 */
const LOWEST = 20_000;
const ABOVE_HIGHEST = 32_768;
const ATTEMPTS = 100;

/** A TCP port on 127.0.0.1 that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
	for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
		const port = randomInt(LOWEST, ABOVE_HIGHEST);
		if (await isFree(port)) return port;
	}
	throw new Error(`None of ${ATTEMPTS} ports from ${LOWEST} to ` + `${ABOVE_HIGHEST - 1} is free`);
}

export async function isFree(port: number): Promise<boolean> {
	const server = createServer();
	const listens = await new Promise<boolean>((resolve) => {
		server.once('error', () => {
			resolve(false);
		});
		server.listen(port, '127.0.0.1', () => {
			resolve(true);
		});
	});
	if (listens) await new Promise((resolve) => server.close(resolve));
	return listens;
}
