import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	agentClub,
	backdateDirectChat,
	insertMessages,
	type MessageRow,
	prepareDataFolder,
} from './data-folder';
import { freePort } from '../../playground/host/free-port';
import { pythonWithServer } from './python';
import { type DatabaseKind, ServerDatabase } from './server-database';
import { ServerProcess } from './server-process';

export interface ServerOptions {
	/** A free one by default. */
	readonly port?: number;
	/** What `auth_ok` tells the clients, in whole seconds; the server's default is 30. */
	readonly heartbeatInterval?: number;
	/** A folder to use again; it is left in place. By default a new one, removed by `stop`. */
	readonly dataDir?: string;
	/** A private one; SQLite when left out. Only the newest generation can. */
	readonly database?: DatabaseKind;
}

interface Home {
	readonly python: string;
	readonly dataDir: string;
	/** The server's log, and its data where no folder was given; goes with `stop`. */
	readonly temporary: string;
	readonly database: ServerDatabase | undefined;
}

/**
 * An installed release of the server with its data folder: lives, dies and comes back at the same
 * address.
 */
export class RealServer {
	private constructor(
		private readonly home: Home,
		private process: ServerProcess,
	) {}

	/** @throws Unavailable without Python, or where the release cannot be installed */
	static async start(release: string, options: ServerOptions): Promise<RealServer> {
		const database = options.database && (await ServerDatabase.start(options.database));
		const temporary = await mkdtemp(join(tmpdir(), 'agentclub-'));
		try {
			const python = await pythonWithServer(release, database !== undefined);
			const dataDir = options.dataDir ?? join(temporary, 'data');
			const home = { python, temporary, dataDir, database };
			const port = options.port ?? (await freePort());
			await prepareDataFolder(python, dataDir, {
				port,
				heartbeatInterval: options.heartbeatInterval,
				databaseUrl: database?.url,
			});
			return new RealServer(home, await launch(home, port));
		} catch (error) {
			await database?.stop();
			await rm(temporary, { recursive: true, force: true });
			throw error;
		}
	}

	/** Without a trailing slash. */
	get url(): string {
		return this.process.url;
	}

	/** The end of what the server printed; for error messages. */
	get logTail(): string {
		return this.process.logTail();
	}

	/** Runs a command of the server's command line on its data; answers what it printed. */
	async command(...args: string[]): Promise<string> {
		return await agentClub(this.home.python, this.home.dataDir, ...args);
	}

	/** Writes messages into the database, past the running server. */
	async insertMessages(rows: readonly MessageRow[]): Promise<void> {
		await insertMessages(this.home.python, this.home.dataDir, rows);
	}

	/** Writes an earlier beginning (float seconds) of a direct chat into the database. */
	async backdateDirectChat(chatId: string, createdAt: number): Promise<void> {
		await backdateDirectChat(this.home.python, this.home.dataDir, chatId, createdAt);
	}

	/** Ends the process in good order; `startAgain` brings it back. */
	async end(): Promise<void> {
		await this.process.end();
	}

	/** Ends the process as a crash does. */
	async kill(): Promise<void> {
		await this.process.kill();
	}

	async startAgain(): Promise<void> {
		this.process = await launch(this.home, this.process.port);
	}

	/**
	 * While it is down: lets it run at another address, at which no client looks for it.
	 * @param use is given that address, without a trailing slash
	 */
	async elsewhere<T>(use: (url: string) => Promise<T>): Promise<T> {
		const server = await launch(this.home, await freePort());
		try {
			return await use(server.url);
		} finally {
			await server.end();
		}
	}

	/** Ends the process and removes what it leaves behind. */
	async stop(): Promise<void> {
		await this.end();
		await this.home.database?.stop();
		await rm(this.home.temporary, { recursive: true, force: true });
	}
}

async function launch(home: Home, port: number): Promise<ServerProcess> {
	const server = new ServerProcess(
		home.python,
		home.dataDir,
		port,
		join(home.temporary, 'server.log'),
	);
	try {
		await server.ready();
	} catch (error) {
		await server.kill();
		throw error;
	}
	return server;
}
