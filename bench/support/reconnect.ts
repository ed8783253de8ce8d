import { pauseFor } from './figures';
import type { Flood, FloodRequest, Tally } from './flood-server';
import type { Partner } from './parts';

/**
 * Breaks the client's connection, so that the next one brings a backlog; answers how it was begun
 * to be written.
 */
export async function bringBacklog(
	server: Partner<FloodRequest>,
	to: string,
	batch: Flood | null,
): Promise<Tally> {
	await server.ask({ do: 'batch', to, batch });
	const { connections } = await server.ask<Tally>({ do: 'tally', of: to });
	await server.ask({ do: 'cut', to });
	for (;;) {
		const tally = await server.ask<Tally>({ do: 'tally', of: to });
		if (tally.connections > connections) return tally;
		await pauseFor(1);
	}
}
