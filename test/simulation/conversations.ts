import type { Chat } from '../../client/protocol/chat';
import { mentionTag } from '../../client/protocol/mention-tags';
import type { HostProcess, HostWorld } from './host-process';
import { WORDS_THAT_COUNT } from './question-rules';
import type { Asking, Waiting, WaitingExecutions } from './waiting-executions';

/** Somebody's words in a chat. */
export interface Saying {
	readonly chat: Chat;
	readonly sender: string;
	readonly content: string;
	readonly mentions: readonly string[];
}

/** ms after a question at which people write: at once, soon, late. */
const DELAYS = [50, 1000, 10_000, 120_000] as const;
/** ms for which n8n takes no answers. */
const LONGEST_AWAY = 45_000;

/** Workflows that ask, people who answer, and what else becomes of the questions. */
export class Conversations {
	constructor(
		private readonly world: HostWorld,
		private readonly waiting: WaitingExecutions,
		private readonly agentId: string,
		private readonly people: readonly string[],
		/** The process that serves n8n's pages now. */
		private readonly n8n: () => HostProcess,
		private readonly say: (saying: Saying) => void,
	) {}

	/** A workflow of the process asks, and somebody may answer. Resolves once it is asked. */
	async ask(process: HostProcess, chat: Chat, peer: string | undefined): Promise<void> {
		const { waiting } = this;
		const { random, clock } = this.world;
		const asked = await waiting.ask(process, chat, this.newQuestion(peer));
		if (!asked) return;
		for (let count = random.int(0, 3); count > 0; count -= 1)
			clock.after(random.between(0, random.pick(DELAYS)), () => {
				this.answer(asked, peer);
			});
		if (random.chance(0.3))
			clock.after(random.between(0, 60_000), () => {
				if (random.chance(0.5)) waiting.end(asked, 'it is cancelled');
				else waiting.answerByLink(asked, this.n8n());
			});
	}

	/** n8n takes no answers for a while. */
	receptionCloses(): void {
		const { random, clock, oracle } = this.world;
		oracle.note('n8n takes no answers for a while');
		this.waiting.awayUntil = clock.now() + random.between(10, LONGEST_AWAY);
	}

	private newQuestion(peer: string | undefined): Asking {
		const { random, clock } = this.world;
		const responseType = random.weighted({ approval: 3, freeText: 1 });
		return {
			responseType,
			approvers: random.chance(0.2) ? [peer ?? random.pick(this.people)] : [],
			isReview: responseType === 'approval' && random.chance(0.2),
			until: random.chance(0.2) ? clock.wallTime() + random.between(5000, 90_000) : undefined,
			announces: random.chance(0.7),
		};
	}

	private answer({ chat }: Waiting, peer: string | undefined): void {
		const { random } = this.world;
		const word = random.chance(0.75) ? random.pick(WORDS_THAT_COUNT) : 'what do you mean?';
		const mentions = chat.type === 'group' && random.chance(0.7) ? [this.agentId] : [];
		const tag = mentions.length > 0 ? `${mentionTag(this.agentId, 'Helper')} ` : '';
		const saying = {
			chat,
			sender: peer ?? random.pick(this.people),
			content: tag + word,
			mentions,
		};
		this.say(saying);
		// The same once more, as impatient people do.
		if (random.chance(0.1)) this.say(saying);
	}
}
