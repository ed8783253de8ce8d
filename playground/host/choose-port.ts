import { createServer } from 'node:net';
import { freePort } from './free-port';

/** The wished TCP port on 127.0.0.1 where nobody has it, else any free one: an address that stays the same can be bookmarked. */
export async function choosePort(wished: number): Promise<number> {
	const server = createServer();
	const free = await new Promise<boolean>((resolve) => {
		server.once('error', () => {
			resolve(false);
		});
		server.listen(wished, '127.0.0.1', () => {
			resolve(true);
		});
	});
	if (!free) return freePort();
	await new Promise((resolve) => server.close(resolve));
	return wished;
}
