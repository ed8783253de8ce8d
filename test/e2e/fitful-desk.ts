import { setTimeout as sleep } from 'node:timers/promises';
import { Desk } from '../support/desk';
import type { Chance } from '../support/seed';

/**
 * A desk at which every execution takes a moment of its own, and every tenth message of a speaker
 * fails in its first attempt with "onSuccess".
 */
export function fitfulDesk(chance: Chance): Promise<Desk> {
	const failedOnce = new Set<string>();
	return Desk.start(async ({ workflow, text }) => {
		await sleep(chance.between(0, 300));
		if (workflow !== 'onSuccess' || !text.endsWith('7') || failedOnce.has(text)) return 200;
		failedOnce.add(text);
		return 500;
	});
}
