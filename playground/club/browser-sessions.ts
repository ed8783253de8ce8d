import { randomUUID } from 'node:crypto';
import type { UserRecord } from './records';
import type { Store } from './store';

const cookieName = 'agentclub_playground';

/**
 * Whose page a cookie belongs to. There are no passwords here: whoever opens the playground may be
 * anybody in it.
 */
export class BrowserSessions {
	private readonly users = new Map<string, string>();

	constructor(
		private readonly store: Store,
		private readonly cookiePath: string,
	) {}

	/** @returns the `Set-Cookie` header; strict, so that a foreign page cannot act for the person */
	open(user: UserRecord): string {
		const session = randomUUID();
		this.users.set(session, user.id);
		return `${cookieName}=${session}; Path=${this.cookiePath}; HttpOnly; SameSite=Strict`;
	}

	/** @param cookies the `Cookie` header */
	userOf(cookies: string | undefined): UserRecord | undefined {
		const session = new RegExp(`(?:^|;\\s*)${cookieName}=([\\w-]+)`).exec(cookies ?? '')?.[1];
		return this.store.users.get(this.users.get(session ?? '') ?? '');
	}
}
