import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder below the project's cache, made when it is missing: what takes minutes to get (n8n,
 * Python environments) stays there between runs. `AGENTCLUB_CACHE` names the cache itself;
 * otherwise it lies where the system keeps caches.
 */
export function cacheFolder(...parts: string[]): string {
	const { AGENTCLUB_CACHE: chosen, XDG_CACHE_HOME: caches } = process.env;
	// An empty variable means "not set" here, as the XDG rules have it.
	const root = chosen || join(caches || join(homedir(), '.cache'), 'n8n-nodes-agentclub');
	const folder = join(root, ...parts);
	mkdirSync(folder, { recursive: true });
	return folder;
}
