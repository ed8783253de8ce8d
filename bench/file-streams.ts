// The memory that a file takes on its way through the package: never the file itself, wherever n8n
// keeps it. Each way has a process of its own (memory that one has used would hide what the next
// one takes), and so has the server.
import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import { systemClock } from '../client/clock';
import { mediaAddress } from '../client/connection/address';
import { makeCredentials } from '../client/connection/credentials';
import { AgentHttp } from '../client/http/agent-http';
import { openDownload } from '../client/http/download';
import { makeHttpClient } from '../client/http/http-client';
import { uploadFile } from '../client/outbound/upload';
import { binaryFile } from '../nodes/AgentClub/files/binary-file';
import { type ClubAccess, servedClub, withClub } from './support/club-process';
import { addedRss, heldBytes } from './support/peak-memory';

const MB = 1024 * 1024;
const SIZE = (process.argv.includes('--small') ? 24 : 45) * MB;
/** 30 MB, or as much less for a small file: what holds a file shows there too. */
const HELD_BAR = (SIZE * 2) / 3;
/** Bytes of a first transfer that loads the code. */
const WARM_UP = MB;

/** One file, on disk and on the server. */
interface Sample {
	readonly path: string;
	readonly size: number;
	readonly url: string;
}

interface Task {
	readonly way: string;
	readonly access: ClubAccess;
	readonly small: Sample;
	readonly large: Sample;
}

type Transfer = () => Promise<unknown>;

/**
 * What Node.js itself takes for so many bytes in a stream: it collects the buffers that have been
 * read 32 MB at a time.
 */
const CONTROL = 'a copy by Node.js alone';

/**
 * How a file comes and goes. What n8n holds itself (Base64 text, where it keeps files in memory) is
 * there before the measuring begins.
 */
const WAYS: Readonly<Record<string, (agent: Agent, sample: Sample) => Promise<Transfer>>> = {
	'up, from a storage': (agent, { path }) =>
		Promise.resolve(() => agent.upload({ id: 'filesystem:1', data: '', mimeType: '' }, path)),
	'up, from memory': async (agent, { path }) => {
		// As n8n makes it: fs would give a rope of pieces, and its first reader would pay for joining
		// them.
		const data = (await readFile(path)).toString('base64');
		return () => agent.upload({ data, mimeType: '' }, path);
	},
	down: (agent, { path, size, url }) =>
		Promise.resolve(() => agent.download(url, size, `${path}.down`)),
	[CONTROL]: (_agent, { path }) =>
		Promise.resolve(() => pipeline(createReadStream(path), createWriteStream(`${path}.copy`))),
};

class Agent {
	private readonly credentials;
	private readonly client;
	private readonly http;

	constructor({ url, token }: ClubAccess) {
		this.credentials = makeCredentials(url, token, false);
		this.client = makeHttpClient(this.credentials);
		this.http = new AgentHttp(this.client, systemClock, this.credentials);
	}

	/**
	 * Through the node's own reading of binary data, with n8n's helpers as they are for a file on
	 * disk.
	 */
	async upload(binary: IBinaryData, path: string): Promise<string> {
		const helpers = {
			assertBinaryData: () => ({ ...binary, fileName: 'large.zip' }),
			getBinaryMetadata: async () => ({ fileSize: (await stat(path)).size }),
			getBinaryStream: (_id: string, chunk: number) =>
				Promise.resolve(createReadStream(path, { highWaterMark: chunk })),
		};
		const host = { helpers, getWorkflowSettings: () => ({}) };
		const file = await binaryFile(host as unknown as IExecuteFunctions, 0, 'data');
		return (await uploadFile(this.http, file)).url;
	}

	async download(url: string, size: number, to: string): Promise<void> {
		const limits = { maxBytes: size, idleTimeout: 30_000 };
		const { content } = await openDownload(
			this.client,
			mediaAddress(this.credentials.address, url),
			'large.zip',
			limits,
		);
		await pipeline(content, createWriteStream(to));
		const arrived = (await stat(to)).size;
		if (arrived !== size) throw new Error(`${arrived} bytes have arrived instead of ${size}`);
	}

	close(): void {
		this.client.close();
	}
}

async function makeSample(agent: Agent, path: string, size: number): Promise<Sample> {
	const file = await open(path, 'w');
	for (let at = 0; at < size; at += MB) await file.write(Buffer.alloc(MB, 'agent club '));
	await file.close();
	return {
		path,
		size,
		url: await agent.upload({ id: 'filesystem:1', data: '', mimeType: '' }, path),
	};
}

/** In a process of its own: measures one way. */
async function measure({ way, access, small, large }: Task): Promise<void> {
	const agent = new Agent(access);
	const prepare = WAYS[way];
	if (!prepare) throw new Error(`there is no way "${way}"`);
	await (
		await prepare(agent, small)
	)();
	const transfer = await prepare(agent, large);
	const begin = performance.now();
	const rss = await addedRss(transfer);
	const took = performance.now() - begin;
	const held = await heldBytes(transfer);
	agent.close();
	const isMet = way === CONTROL || held < HELD_BAR;
	console.log(
		`${way.padEnd(26)} ${megabytes(large.size)}, ${took.toFixed(0)} ms: holds at most ` +
			`${megabytes(held)}${isMet ? '' : ', MORE THAN ALLOWED'}; RSS +${megabytes(rss)}`,
	);
	if (!isMet) process.exitCode = 1;
}

function megabytes(bytes: number): string {
	return `${(bytes / MB).toFixed(1)} MB`;
}

const TASK = 'AGENTCLUB_BENCH_TASK';

async function measureAll(access: ClubAccess, folder: string): Promise<void> {
	const agent = new Agent(access);
	const small = await makeSample(agent, join(folder, 'small.zip'), WARM_UP);
	const large = await makeSample(agent, join(folder, 'large.zip'), SIZE);
	agent.close();
	for (const way of Object.keys(WAYS)) {
		const env = {
			...process.env,
			[TASK]: JSON.stringify({ way, access, small, large } satisfies Task),
		};
		const { status } = spawnSync(process.execPath, [process.argv[1] ?? ''], {
			stdio: 'inherit',
			env,
		});
		if (status !== 0) process.exitCode = 1;
	}
}

async function main(): Promise<void> {
	if (await servedClub()) return;
	const task = process.env[TASK];
	if (task !== undefined) {
		await measure(JSON.parse(task) as Task);
		return;
	}
	const folder = await mkdtemp(join(tmpdir(), 'agentclub-bench-'));
	try {
		console.log(
			`Held: with garbage collected, bar ${megabytes(HELD_BAR)}. RSS: without, from the ` +
				'first large transfer of a process.',
		);
		await withClub((access) => measureAll(access, folder));
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

void main();
