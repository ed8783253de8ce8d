import { type Clock, EXPIRED, withDeadline } from '../clock';
import { type AgentCredentials, credentialsKey } from '../connection/credentials';
import { AgentClubError } from '../errors';
import type { TriggerLife } from '../inbound/trigger-port';

/** What the credentials of a session's triggers say now. */
export interface CredentialReadings {
	/** Lives whose credential has become another agent's or another server's, and which one. */
	readonly changed: ReadonlyMap<TriggerLife, AgentCredentials>;
	/** Lives whose credential cannot be read just now, and why. */
	readonly unreadable: ReadonlyMap<TriggerLife, unknown>;
}

/** ms in which the host has to give a credential. */
const READ_DEADLINE = 10_000;

/**
 * Reads every trigger's credential again, and compares it with the session's key. One that cannot
 * be read (it was deleted, say, or the host does not give it in time) does not hold up the others.
 */
export async function readCredentials(
	lives: readonly TriggerLife[],
	key: string,
	clock: Clock,
): Promise<CredentialReadings> {
	const changed = new Map<TriggerLife, AgentCredentials>();
	const unreadable = new Map<TriggerLife, unknown>();
	const read = async (life: TriggerLife) => {
		try {
			const credentials = await inTime(clock, life.credentials());
			if (credentialsKey(credentials) !== key) changed.set(life, credentials);
		} catch (error) {
			unreadable.set(life, error);
		}
	};
	await Promise.all(lives.map(read));
	return { changed, unreadable };
}

async function inTime(clock: Clock, reading: Promise<AgentCredentials>): Promise<AgentCredentials> {
	const credentials = await withDeadline(clock, READ_DEADLINE, reading);
	if (credentials !== EXPIRED) return credentials;
	throw new AgentClubError('TIMEOUT', `it did not come within ${READ_DEADLINE / 1000} s`, {
		retriable: true,
	});
}
