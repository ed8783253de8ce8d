import { type Clock, EXPIRED, withDeadline } from '../clock';
import { type AgentCredentials, credentialsKey } from '../connection/credentials';
import { AgentClubError } from '../errors';
import type { Inbox } from '../inbound/inbox';
import type { Subscription } from '../inbound/subscription/subscription';

/** A trigger whose credential has become another agent's or another server's. */
interface ChangedCredentials {
	readonly subscription: Subscription;
	readonly credentials: AgentCredentials;
}

/** ms in which the host has to give a credential. */
const READ_DEADLINE = 10_000;

/**
 * Moves the triggers whose credential has become another one, until `isOver`.
 * @throws what reading threw, where none could be read
 */
export async function moveChanged(
	inbox: Pick<Inbox, 'members' | 'leave'>,
	key: string,
	moveTo: (credentials: AgentCredentials, subscription: Subscription) => void,
	isOver: () => boolean,
	clock: Clock,
): Promise<void> {
	for (const { subscription, credentials } of await changedCredentials(
		[...inbox.members()],
		key,
		clock,
	)) {
		// It may have gone elsewhere while the credentials were read.
		if (!isOver() && inbox.leave(subscription)) moveTo(credentials, subscription);
	}
}

/**
 * Reads every trigger's credential again, and finds those that no longer belong to the session with
 * this key. One that cannot be read (it was deleted, say, or the host does not give it in time)
 * must not keep the other triggers from reconnecting.
 * @throws what reading threw, where none could be read
 */
async function changedCredentials(
	subscriptions: readonly Subscription[],
	key: string,
	clock: Clock,
): Promise<ChangedCredentials[]> {
	const changed: ChangedCredentials[] = [];
	const unread: Subscription[] = [];
	const failures: unknown[] = [];
	let unchanged = 0;
	const reads = await Promise.allSettled(
		subscriptions.map(async ({ current }) => current && inTime(clock, current.credentials())),
	);
	for (const [index, subscription] of subscriptions.entries()) {
		const read = reads[index];
		if (read?.status === 'rejected') failures.push(read.reason);
		const credentials = read?.status === 'fulfilled' ? read.value : undefined;
		if (!credentials) unread.push(subscription);
		else if (credentialsKey(credentials) === key) unchanged += 1;
		else changed.push({ subscription, credentials });
	}
	if (failures.length > 0 && unchanged + changed.length === 0) throw failures[0];
	return unchanged > 0 ? changed : [...changed, ...followers(unread, changed)];
}

async function inTime(clock: Clock, reading: Promise<AgentCredentials>): Promise<AgentCredentials> {
	const credentials = await withDeadline(clock, READ_DEADLINE, reading);
	if (credentials !== EXPIRED) return credentials;
	throw new AgentClubError('TIMEOUT', `it did not come within ${READ_DEADLINE / 1000} s`, {
		retriable: true,
	});
}

/**
 * A closed trigger's place, or one whose credential cannot be read just now, goes where all the
 * others go: on a session of their own, those would mark as read what is kept for it.
 */
function followers(
	unread: readonly Subscription[],
	changed: readonly ChangedCredentials[],
): ChangedCredentials[] {
	const targets = new Map(
		changed.map(({ credentials }) => [credentialsKey(credentials), credentials]),
	);
	const [credentials] = targets.values();
	return credentials && targets.size === 1
		? unread.map((subscription) => ({ subscription, credentials }))
		: [];
}
