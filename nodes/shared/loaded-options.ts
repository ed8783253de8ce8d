import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';
import { agentRegistry } from '../../client/agent/registry';
import type { AgentSession } from '../../client/agent/agent-session';
import { describeError } from '../../client/errors';
import type { DirectChat, GroupChat, Member } from '../../client/protocol/answers';
import { toChatReference } from '../../client/protocol/chat-reference';
import { Slots } from '../../client/slots';
import { nodeCredentials } from './credentials';
import { toNodeError } from './errors';
import { hostLogger } from './logger';

/**
 * The choices that the editor loads: people and chats that the agent can see. Only HTTP is used, no
 * connection is opened.
 */

/** Groups, then direct chats, each by name. */
export async function loadChats(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return await fromAgent(this, async (session) => {
		const { groups, directs } = await session.http.chats();
		return [...byName(groups.map(groupOption)), ...byName(directs.map(directOption))];
	});
}

export async function loadGroups(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return await fromAgent(this, async (session) =>
		byName((await session.http.chats()).groups.map(groupOption)),
	);
}

/** Those who have a direct chat with the agent, by user id. */
export async function loadDirectPeers(
	this: ILoadOptionsFunctions,
): Promise<INodePropertyOptions[]> {
	return await fromAgent(this, async (session) =>
		byName((await session.http.chats()).directs.map(({ peer }) => personOption(peer))),
	);
}

function groupOption({ id, name }: GroupChat): INodePropertyOptions {
	return { name: name || id, value: toChatReference({ type: 'group', id }), description: 'Group' };
}

function directOption({ id, peer }: DirectChat): INodePropertyOptions {
	return {
		name: peer.name || peer.id,
		value: toChatReference({ type: 'direct', id }),
		description: peer.kind === 'agent' ? 'Direct chat with an agent' : 'Direct chat',
	};
}

function byName(options: INodePropertyOptions[]): INodePropertyOptions[] {
	return options.sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * Anyone first, then everybody from the agent's direct chats and groups, by name, but for the agent
 * itself: its own messages start nothing.
 */
export async function loadPeople(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const anyone = {
		name: 'Anyone',
		value: '*',
		description: 'Everybody who can write to the agent',
	};
	return [anyone, ...(await fromAgent(this, peopleOf))];
}

async function peopleOf(session: AgentSession): Promise<INodePropertyOptions[]> {
	const { groups, directs, selfId = session.identity?.userId } = await session.http.chats();
	const { members, missing } = await membersOf(session, groups);
	const people = new Map<string, INodePropertyOptions>();
	for (const person of [...directs.map(({ peer }) => peer), ...members])
		people.set(person.id, personOption(person));
	if (selfId !== undefined) people.delete(selfId);
	return [...(missing.length > 0 ? [missingEntry(missing)] : []), ...byName([...people.values()])];
}

/** Requests at a time; ms for each of them; ms after which no further one begins. */
const AT_A_TIME = 8;
const MEMBERS_DEADLINE = 5000;
const LIST_DEADLINE = 20_000;

/** The members of those groups that tell them in time; one that fails spoils no list. */
async function membersOf(
	{ http, clock }: AgentSession,
	groups: readonly GroupChat[],
): Promise<{ members: Member[]; missing: GroupChat[] }> {
	const slots = new Slots(AT_A_TIME);
	const started = clock.now();
	const missing: GroupChat[] = [];
	const rosters = await Promise.all(
		groups.map(async (group) => {
			await slots.take();
			try {
				if (clock.now() - started < LIST_DEADLINE)
					return await http.members(group.id, MEMBERS_DEADLINE);
			} catch {
				// Said in the list; the others are worth having.
			} finally {
				slots.release();
			}
			missing.push(group);
			return [];
		}),
	);
	return { members: rosters.flat(), missing };
}

/** Groups that are named; the editor shows one line. */
const MOST_NAMED = 3;

/** Says what the list has not. Who chooses it has chosen nobody: an empty id is left out. */
function missingEntry(missing: readonly GroupChat[]): INodePropertyOptions {
	const names = missing.slice(0, MOST_NAMED).map(({ id, name }) => `"${name || id}"`);
	const more = missing.length - names.length;
	const all = more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
	return {
		name: `(Incomplete: the members of ${all} could not be read)`,
		value: '',
		description: 'Open the list again later, or give IDs by an expression',
	};
}

function personOption({
	id,
	name,
	kind,
}: {
	id: string;
	name: string;
	kind: string;
}): INodePropertyOptions & { description: string } {
	return { name: name || id, value: id, description: kind === 'agent' ? 'Agent' : 'Human' };
}

async function fromAgent(
	context: ILoadOptionsFunctions,
	load: (session: AgentSession) => Promise<INodePropertyOptions[]>,
): Promise<INodePropertyOptions[]> {
	const logger = hostLogger(context.logger, 'editor');
	try {
		const credentials = await nodeCredentials(context);
		const session = agentRegistry().session(credentials, logger);
		const release = session.lease();
		try {
			return await load(session);
		} finally {
			release();
		}
	} catch (error) {
		logger.debug(describeError(error));
		throw toNodeError(context, error);
	}
}
