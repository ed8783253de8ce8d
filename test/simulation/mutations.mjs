// npm run test:mutations
//   breaks the client on purpose, one rule at a time, and shows that random schedules notice it
// npm run test:mutations -- --only WORDS
//   only those with these words in their names
// npm run test:mutations -- --check
//   only looks whether each still matches the source
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const folder = join(root, '.playground', 'mutations');
/** Schedules that a mutation has to be noticed in. */
const SCHEDULES = '1500';
/** ms; a run that takes longer hangs, and has been noticed by nobody. */
const LONGEST_RUN = 1_800_000;

/**
 * What is broken, where, and how: `from` stands exactly once in the file. Handshakes and links that
 * hang are not among them, for each schedule ends with a new connection. `test/client/handshake`
 * and `heartbeat` show whether one is noticed in time.
 */
const MUTATIONS = [
	[
		'acknowledges what is still running',
		'inbound/ledger/ledger.ts',
		"if (!isSettled) return 'after a change';",
		'',
	],
	[
		'acknowledges the newest id of the chat',
		'inbound/ledger/ledger.ts',
		'markEntry(list[at], ids)',
		'markEntry(list.at(-1), ids)',
	],
	[
		'acknowledges without waiting for late frames',
		'inbound/ledger/marker.ts',
		'export const MARK_AFTER = 2000;',
		'export const MARK_AFTER = 0;',
	],
	[
		'acknowledges one of several equal times',
		'inbound/sorted.ts',
		'while (end < list.length && list[end]?.createdAt === list[from]?.createdAt) end += 1;',
		'',
	],
	[
		'acknowledges past what nobody listened to',
		'inbound/inbox.ts',
		'chat === UNKNOWN_CHAT ? this.passedOver.some(() => true) || !this.receiver.held.isEmpty : this.passedOver.has(chat) || this.receiver.held.has(chat)',
		'false',
	],
	[
		'forgets what is in flight',
		'inbound/ledger/holdings.ts',
		"return isPending(holding) ? 'pending' : 'done';",
		"return isPending(holding) ? undefined : 'done';",
	],
	[
		'forgets what is done',
		'inbound/ledger/holdings.ts',
		"return isPending(holding) ? 'pending' : 'done';",
		"return isPending(holding) ? 'pending' : undefined;",
	],
	[
		'drops what waits when the connection breaks',
		'inbound/inbox.ts',
		'lost(): void { this.isReady = false; this.isOpening = false; this.suspend(); }',
		"lost(): void { this.isReady = false; this.suspend(); for (const each of this.subscriptions) each['work'].worker.drain(); }",
	],
	[
		'starts what is still being collected beside its chat',
		'inbound/lanes/lane.ts',
		'return this.refused === 0 && this.first !== undefined && !this.first.isOpen;',
		'return this.refused === 0 && this.first !== undefined;',
	],
	[
		'settles only the first of collected messages',
		'inbound/subscription/subscription.ts',
		'settle(job: Job): void { for (const { id } of job.messages) this.settleOne(id); }',
		'settle(job: Job): void { this.settleOne(job.messages[0].id); }',
	],
	[
		'works on several messages of a chat at once',
		'inbound/lanes/lane-worker.ts',
		'if (lane.active) return;',
		'',
	],
	[
		'keeps the order of arrival, not that of the server',
		'inbound/sorted.ts',
		'if (list.length <= from || isBehind(list.length - 1)) {',
		'if (list.length >= 0) {',
	],
	[
		'puts a failed message behind the others',
		'inbound/sorted-queue.ts',
		'this.items.splice(at, 0, item);',
		'this.items.push(item);',
	],
	[
		'settles what failed while its trigger was closing',
		'inbound/lanes/settlement.ts',
		"if (outcome !== 'success' && (closing || outcome === 'shutdown')) return 'keep';",
		'',
	],
	[
		'settles a failed attempt in onSuccess',
		'inbound/lanes/settlement.ts',
		"return mode === 'onSuccess' && attemptsLeft ? 'retry' : 'giveUp';",
		"return 'giveUp';",
	],
	[
		'settles in onSuccess what has only outlived its lane',
		'inbound/lanes/settlement.ts',
		"return mode === 'onSuccess' ? 'outlive' : 'settle';",
		"return 'settle';",
	],
	[
		'starts again what was stopped by hand',
		'inbound/lanes/settlement.ts',
		"if (outcome === 'success' || outcome === 'stopped') return 'settle';",
		"if (outcome === 'success') return 'settle';",
	],
	[
		'settles what no execution was created for',
		'inbound/lanes/settlement.ts',
		"if (outcome === 'notCreated') return 'again';",
		"if (outcome === 'notCreated') return 'settle';",
	],
	[
		'gives up the place of a closed trigger at once',
		'agent/holds.ts',
		'const HOLD_PLACE = 30_000;',
		'const HOLD_PLACE = 0;',
	],
	[
		'judges what comes before it is known who the agent is',
		'inbound/intake/gate.ts',
		'return this.identityKnown && !this.hold && !this.underWay;',
		'return !this.hold && !this.underWay;',
	],
	[
		'lets triggers of one agent stay under two tokens',
		'agent/places.ts',
		'stale.includes(other) || (other !== current && left.has(other) && other.isTwinOf(current, agentId)),',
		'false,',
	],
	[
		"takes what waits for one agent along to another one's inbox",
		'agent/places.ts',
		'known.find((each) => each.agentId === agentId) ??',
		'place.subscription ??',
	],
	[
		'takes a trigger with a refused token for one of the agent that connects beside it',
		'agent/places.ts',
		'if (place.subscription.agentId !== agentId) return;',
		'',
	],
	[
		'moves a trigger whose credential cannot be read along with the others',
		'agent/places.ts',
		'const credentials = life && readings.changed.get(life);',
		'const credentials = life && (readings.changed.get(life) ?? (readings.unreadable.has(life) ? [...readings.changed.values()][0] : undefined));',
	],
	[
		'stays refused for ever',
		'connection/connection.ts',
		'return this.pauseWhileRefused(credentials);',
		'return new Promise(() => undefined);',
	],
	[
		'repeats a lost send without looking it up',
		'outbound/look-up.ts',
		'const first = await this.ask(outgoing, startedAt, until);',
		'if (until > 0) return undefined;\n			const first = await this.ask(outgoing, startedAt, until);',
	],
	[
		'sends into one chat without waiting',
		'outbound/outbox.ts',
		'await unlessCancelled(before, signal, NOT_SENT);',
		'',
	],
	[
		'settles a reply before n8n has accepted it',
		'questions/reply-desk.ts',
		'const result = await this.handOver(question, chat, reply, answers);',
		"void this.handOver(question, chat, reply, answers); const result: HandOverResult = 'accepted';",
	],
	[
		'starts an execution with a reply as well',
		'inbound/receiver.ts',
		'entry.handled = true; this.books.ledger.offered(entry);',
		'this.takeOrdinary(message, source);',
	],
	[
		'lets what comes after a reply pass it',
		'inbound/intake/held-chats.ts',
		'held.queue.add({ message, source, createdAt });',
		"this.take(message, source, 'ordinary' as T);",
	],
	[
		'hands another reply over to a question that is over',
		'questions/reply-desk.ts',
		'this.questions.end(chat, question.id, undefined, spokenAt);',
		'',
	],
	[
		'forgets which messages have answered a question',
		'questions/open-questions.ts',
		'return this.replies.has(messageId);',
		'return false;',
	],
	[
		'looks for no question in the history',
		'questions/reply-desk.ts',
		'await this.questions.look(message.chat);',
		'',
	],
	[
		'hands over what runs as an ordinary message',
		'inbound/receiver.ts',
		'this.books.subscriptions.know(message.id)',
		'false',
	],
	[
		'takes a reply that n8n may have had for one to the next question',
		'questions/reply-desk.ts',
		"return result === 'over' && isUnsure ? 'accepted' : result;",
		'return result;',
	],
	[
		'settles a reply that could not be handed over',
		'inbound/receiver.ts',
		"else if (decision === 'kept') this.books.passedOver.add(message.chat);",
		'',
	],
	[
		'gives a reply to the oldest question',
		'questions/open-questions.ts',
		'return (this.byChat.get(chatKey(chat)) ?? []).toReversed();',
		'return [...(this.byChat.get(chatKey(chat)) ?? [])];',
	],
];

if (process.argv.includes('--check')) {
	for (const mutation of MUTATIONS) {
		broken(readFileSync(join(root, 'client', mutation[1]), 'utf8'), mutation);
	}
	console.log(`${MUTATIONS.length} mutations match the source`);
	process.exit();
}

const only = process.argv.includes('--only')
	? (process.argv[process.argv.indexOf('--only') + 1] ?? '')
	: undefined;
const chosen = MUTATIONS.filter(([name]) => name.includes(only ?? ''));
mkdirSync(folder, { recursive: true });
let missed = 0;
if (only === undefined) report('unbroken', await run(undefined), (status) => status === 0);
for (const mutation of chosen)
	report(
		mutation[0],
		await run(mutation),
		(status, output) => status === 1 && output.includes('FAILED'),
	);
console.log(`${chosen.length} mutations, ${missed} missed`);
process.exitCode = missed > 0 || chosen.length === 0 ? 1 : 0;

function report(name, { status, output }, isRight) {
	const right = isRight(status, output);
	if (!right) missed += 1;
	const found = /seed (\d+):\n\s+(.*)/.exec(output);
	const how = found
		? `seed ${found[1]}: ${found[2]}`
		: status === 0
			? 'nothing was found'
			: output.trim().split('\n').at(-1);
	console.log(`| ${name} | ${right ? how : `MISSED: ${how}`} |`);
}

/** Runs the schedules with the mutation, until one fails. */
async function run(mutation) {
	const outfile = join(folder, 'soak.cjs');
	await build({
		entryPoints: [join(root, 'test/simulation/soak.ts')],
		outfile,
		bundle: true,
		platform: 'node',
		target: 'node20',
		packages: 'external',
		logLevel: 'warning',
		plugins: mutation ? [breaking(mutation)] : [],
	});
	const { status, stdout, stderr } = spawnSync(
		process.execPath,
		[outfile, SCHEDULES, '1', 'first-failure'],
		{ encoding: 'utf8', timeout: LONGEST_RUN },
	);
	return { status, output: stdout + stderr };
}

function breaking([name, file, from, to]) {
	const path = join(root, 'client', file);
	return {
		name: 'mutation',
		setup({ onLoad }) {
			onLoad({ filter: /\.ts$/ }, (args) => {
				if (args.path !== path) return undefined;
				return {
					contents: broken(readFileSync(path, 'utf8'), [name, file, from, to]),
					loader: 'ts',
				};
			});
		},
	};
}

/** The source with its line broken; how it is laid out does not matter. */
function broken(source, [name, file, from, to]) {
	const found = source.match(layoutFree(from)) ?? [];
	if (found.length !== 1) {
		throw new Error(`"${name}": what it replaces stands ${found.length} times in client/${file}`);
	}
	return source.replace(found[0], () => to);
}

function layoutFree(code) {
	const literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	return new RegExp(code.split(/\s+/).map(literal).join('\\s+'), 'g');
}
