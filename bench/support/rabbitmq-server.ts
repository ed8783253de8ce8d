import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../playground/host/free-port';
import { GuardedProcess } from '../../test/support/guarded-process';
import { Unavailable } from '../../test/support/unavailable';

/**
 * Debian's: the program itself, for the one in the PATH becomes another user and keeps its files in
 * the system.
 */
const RABBITMQ = '/usr/lib/rabbitmq/bin/rabbitmq-server';
/**
 * Erlang's own list of the programs on a machine; one that Erlang starts itself would stay when
 * they have ended.
 */
const NAMES = '/usr/bin/epmd';

/** Who may do everything, from this machine only, as RabbitMQ comes. */
export const GUEST = { username: 'guest', password: 'guest', vhost: '/' } as const;

/**
 * A private RabbitMQ without plugins on a free port of this machine, which keeps its data in a
 * folder that ends with it.
 */
export class RabbitServer {
	private constructor(
		readonly port: number,
		private readonly folder: string,
		private readonly names: GuardedProcess,
		private readonly server: GuardedProcess,
	) {}

	/** @throws Unavailable where RabbitMQ is not on this machine */
	static async start(): Promise<RabbitServer> {
		if (!existsSync(RABBITMQ) || !existsSync(NAMES))
			throw new Unavailable(
				'RabbitMQ is not on this machine.',
				'On Debian: apt-get install rabbitmq-server',
			);
		const folder = await mkdtemp(join(tmpdir(), 'agentclub-rabbitmq-'));
		const [port, namesPort, distributionPort] = [
			await freePort(),
			await freePort(),
			await freePort(),
		];
		await mkdir(join(folder, 'data'));
		const names = new GuardedProcess({
			command: [NAMES, '-d', '-address', '127.0.0.1', '-port', String(namesPort)],
			ready: /epmd running/,
			cwd: folder,
			logFile: join(folder, 'names.log'),
			stopSignal: 'TERM',
		});
		const server = serverIn(folder, port, {
			ERL_EPMD_PORT: String(namesPort),
			RABBITMQ_DIST_PORT: String(distributionPort),
			RABBITMQ_NODENAME: `bench-${port}@localhost`,
		});
		await names.start();
		await server.start();
		return new RabbitServer(port, folder, names, server);
	}

	async stop(): Promise<void> {
		await this.server.stop();
		await this.names.stop();
		await rm(this.folder, { recursive: true, force: true });
	}
}

function serverIn(folder: string, port: number, env: Record<string, string>): GuardedProcess {
	const settings = {
		...env,
		// Where Erlang keeps its cookie.
		HOME: folder,
		RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
		RABBITMQ_NODE_PORT: String(port),
		RABBITMQ_MNESIA_BASE: join(folder, 'data'),
		RABBITMQ_LOG_BASE: folder,
		RABBITMQ_LOGS: '-',
		// Nothing of the machine's own settings.
		RABBITMQ_CONF_ENV_FILE: join(folder, 'none'),
		RABBITMQ_CONFIG_FILE: join(folder, 'none'),
		RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'none'),
		// Erlang itself is then the process that is started, and hears the signal that ends it.
		RUNNING_UNDER_SYSTEMD: '1',
	};
	return new GuardedProcess({
		command: [
			'/usr/bin/env',
			...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
			RABBITMQ,
		],
		ready: /Server startup complete/,
		cwd: folder,
		logFile: join(folder, 'rabbitmq.log'),
		stopSignal: 'TERM',
	});
}
