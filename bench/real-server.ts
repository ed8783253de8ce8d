// The package's client on the real Agent Club server. A long backlog stands beside the Nanobot
// channel of PyPI. A second figure tells how many messages a second people can say while somebody
// listens. What the server itself can do sets the limit of the second.
import type { ChatAddress, ClubAgent } from '../playground/club/club';
import { BrowserSession } from '../test/support/browser-session';
import { RealClub } from '../test/support/real-club';
import { unlessUnavailable } from '../test/support/unavailable';
import { openSocket } from '../client/connection/socket';
import { isSmall, spread } from './support/figures';
import { nanobotTakes, pythonWithNanobot } from './support/nanobot';
import { Partner, playedPart } from './support/parts';
import { bareSocket, startTrigger } from './support/receivers';

const BACKLOG = isSmall ? 200 : 5000;
/** Live messages of a turn. */
const LIVE = isSmall ? 100 : 1000;
/** People, each in a direct chat with each agent. */
const PEOPLE = 10;
const ROUNDS = isSmall ? 1 : 3;

interface Person {
	readonly session: BrowserSession;
	readonly socket: ReturnType<BrowserSession['socket']>;
}

type Question =
	| {
			readonly do: 'listen';
			readonly as: 'trigger' | 'bare';
			readonly url: string;
			readonly token: string;
	  }
	/**
	 * Answers the seconds from the parsed batch, or from the question where none comes, to the last
	 * of so many deliveries.
	 */
	| { readonly do: 'expect'; readonly count: number };

/**
 * Listens in a process of its own: as the trigger does, or as a client that marks each message read
 * by itself.
 */
function listener(): (question: Question) => Promise<number | undefined> {
	let left = 0;
	let began = 0;
	let done: (seconds: number) => void = () => undefined;
	const delivered = () => {
		left -= 1;
		if (left === 0) done((performance.now() - began) / 1000);
	};
	return async (question) => {
		if (question.do === 'expect') {
			left = question.count;
			began = performance.now();
			return new Promise((resolve) => {
				done = resolve;
			});
		}
		if (question.as === 'bare') {
			const socket = await bareSocket(question.url, question.token);
			socket.on('new_message', ({ id }: { id: string }) => {
				socket.emit('mark_read', { message_ids: [id] });
				delivered();
			});
			return undefined;
		}
		await startTrigger(question.url, {
			token: question.token,
			prepare: () =>
				Promise.resolve({ emit: () => (delivered(), Promise.resolve('success' as const)) }),
			platform: {
				openSocket: (credentials, transports, clock, handlers) =>
					openSocket(credentials, transports, clock, {
						connected: () => {
							handlers.connected();
						},
						refused: (text) => {
							handlers.refused(text);
						},
						failed: (reason, transportFailed) => {
							handlers.failed(reason, transportFailed);
						},
						frame(event, payload) {
							if (event === 'offline_messages') began = performance.now();
							handlers.frame(event, payload);
						},
					}),
			},
		});
		return undefined;
	};
}

interface Listener {
	readonly agent: ClubAgent;
	/** One with each person. */
	readonly chats: readonly ChatAddress[];
}

class Scene {
	private readonly listeners: Listener[] = [];

	private constructor(
		readonly club: RealClub,
		readonly people: readonly Person[],
	) {}

	static async start(club: RealClub): Promise<Scene> {
		const register = async (number: number): Promise<Person> => {
			const form = {
				username: `person${number}`,
				display_name: `Person ${number}`,
				password: 'everybody-has-this-one',
			};
			const session = await BrowserSession.open(club.url, 'register', form);
			return { session, socket: session.socket() };
		};
		const scene = new Scene(
			club,
			await Promise.all(Array.from({ length: PEOPLE }, (_nobody, number) => register(number))),
		);
		// Four in each round, and while nothing else goes on: a busy server answers 500 to whoever
		// opens a chat.
		for (let made = 0; made < 4 * ROUNDS; made += 1)
			scene.listeners.push(await scene.makeListener(made));
		return scene;
	}

	/** An agent that has not been used. */
	next(): Listener {
		const listener = this.listeners.shift();
		if (!listener) throw new Error('there are no more agents');
		return listener;
	}

	private async makeListener(number: number): Promise<Listener> {
		const agent = await this.club.addAgent(`agent${number}`);
		const chats: ChatAddress[] = [];
		for (const { session } of this.people) {
			const { id } = (await session.request('POST', '/api/direct-chats', {
				user_id: agent.id,
			})) as { id: string };
			chats.push({ type: 'direct', id });
		}
		return { agent, chats };
	}

	/** So many unread messages for the agent, while the server is down. */
	async fill(chats: readonly ChatAddress[], count: number): Promise<void> {
		// Later than the chats: what is older than one counts as read.
		const since = Date.now() / 1000;
		for (const [number, chat] of chats.entries()) {
			const times = Array.from(
				{ length: count / chats.length },
				(_nothing, at) => since + at * 0.0001,
			);
			await this.club.givePast(chat, this.people[number]?.session.userId ?? '', times);
		}
	}

	/**
	 * Everybody says so many messages in a chat, one after the other; seconds until the last one is
	 * confirmed.
	 */
	async talk(chats: readonly ChatAddress[], count: number): Promise<number> {
		await Promise.all(
			this.people.map(async ({ socket }) => {
				if (socket.connected) return;
				const connected = new Promise<void>((resolve) =>
					socket.once('connect', () => {
						resolve();
					}),
				);
				socket.connect();
				await connected;
			}),
		);
		const began = performance.now();
		await Promise.all(
			this.people.map(async ({ socket }, number) => {
				const { type, id } = chats[number] ?? { type: 'direct', id: '' };
				for (let said = 0; said < count / PEOPLE; said += 1) {
					await socket.emitWithAck('send_message', {
						chat_type: type,
						chat_id: id,
						content: 'What is the soup of the day, and is there any left?',
					});
				}
			}),
		);
		return (performance.now() - began) / 1000;
	}
}

/**
 * Seconds that a backlog takes: in a trigger that reconnects, and in Nanobot's channel, which has
 * just been started.
 */
async function backlogs(scene: Scene, python: string): Promise<{ ours: number; nanobots: number }> {
	const [ours, nanobots] = [scene.next(), scene.next()];
	const trigger = Partner.start<Question>('listener');
	await trigger.ask({ do: 'listen', as: 'trigger', url: scene.club.url, token: ours.agent.token });
	await scene.club.kill();
	for (const { chats } of [ours, nanobots]) await scene.fill(chats, BACKLOG);
	const taken = trigger.ask<number>({ do: 'expect', count: BACKLOG });
	await scene.club.startAgain();
	const seconds = await taken;
	await trigger.stop();
	return {
		ours: seconds,
		nanobots: await nanobotTakes(python, scene.club.url, nanobots.agent.token, BACKLOG),
	};
}

/** Messages a second that the server takes from people and brings to a listener. */
async function liveThroughput(scene: Scene, as: 'trigger' | 'bare'): Promise<number> {
	const { agent, chats } = scene.next();
	const partner = Partner.start<Question>('listener');
	await partner.ask({ do: 'listen', as, url: scene.club.url, token: agent.token });
	const heard = partner.ask<number>({ do: 'expect', count: LIVE });
	const began = performance.now();
	await scene.talk(chats, LIVE);
	await heard;
	const seconds = (performance.now() - began) / 1000;
	await partner.stop();
	return LIVE / seconds;
}

async function main(): Promise<void> {
	if (await playedPart({ listener })) return;
	const parts = await unlessUnavailable('the bench on the real server', async () => ({
		python: await pythonWithNanobot(),
		club: await RealClub.start({ version: 'latest' }),
	}));
	if (!parts) return;
	const { python, club } = parts;
	try {
		const scene = await Scene.start(club);
		const rounds: Array<{ ours: number; nanobots: number }> = [];
		for (let round = 0; round < ROUNDS; round += 1) rounds.push(await backlogs(scene, python));
		console.log(
			`a backlog of ${BACKLOG} in ${PEOPLE} chats: ours ${spread(
				rounds.map(({ ours }) => BACKLOG / ours / 1000),
				1,
			)} thousand a second, Nanobot's channel ${spread(
				rounds.map(({ nanobots }) => BACKLOG / nanobots / 1000),
				1,
			)}`,
		);
		const ratios = rounds.map(({ ours, nanobots }) => nanobots / ours);
		// No bar: its host does nothing with a message, and it marks none of them.
		console.log(
			"a backlog of the real server, messages a second of the Nanobot channel's: " +
				`${spread(ratios, 1)}; a figure, no bar`,
		);
		const speeds: Record<'trigger' | 'bare', number[]> = { trigger: [], bare: [] };
		for (let round = 0; round < ROUNDS; round += 1) {
			for (const as of round % 2 === 0
				? (['trigger', 'bare'] as const)
				: (['bare', 'trigger'] as const))
				speeds[as].push(await liveThroughput(scene, as));
		}
		console.log(
			`${PEOPLE} people write to one agent: ${spread(speeds.trigger, 0)} messages a ` +
				`second with our trigger, ${spread(speeds.bare, 0)} with a client that marks each ` +
				'message by itself',
		);
		console.log(
			`the real server's live throughput, of that with such a client: ` +
				`${spread(speeds.trigger.map((speed, at) => speed / (speeds.bare[at] ?? Number.NaN)))}; ` +
				'a figure, no bar',
		);
		for (const { socket } of scene.people) socket.disconnect();
	} finally {
		await club.stop();
	}
}

void main();
