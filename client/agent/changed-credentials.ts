import { type AgentCredentials, credentialsKey } from '../connection/credentials';
import type { Subscription } from '../inbound/subscription';

/** A trigger whose credential has become another agent's or another server's. */
export interface ChangedCredentials {
	readonly subscription: Subscription;
	readonly credentials: AgentCredentials;
}

/**
 * Reads every trigger's credential again, and finds those that no longer belong to the session with this key. One that cannot be read
 * (it was deleted, say) must not keep the other triggers from reconnecting.
 * @throws what reading threw, where none could be read
 */
export async function changedCredentials(subscriptions: readonly Subscription[], key: string): Promise<ChangedCredentials[]> {
	const changed: ChangedCredentials[] = [];
	const failures: unknown[] = [];
	let readable = 0;
	for (const subscription of subscriptions) {
		try {
			const credentials = await subscription.current?.credentials();
			if (!credentials) continue;
			readable += 1;
			if (credentialsKey(credentials) !== key) changed.push({ subscription, credentials });
		} catch (error) {
			failures.push(error);
		}
	}
	if (failures.length > 0 && readable === 0) throw failures[0];
	return changed;
}
