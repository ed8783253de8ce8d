/** What of the machine's environment would change how n8n, or the package in it, behaves. */
const FOREIGN =
	/^(N8N_|DB_|EXECUTIONS_|QUEUE_|CREDENTIALS_|WEBHOOK_|GENERIC_|NODE_OPTIONS$|NODE_ENV$|NODE_FUNCTION_|AGENTCLUB_|npm_|JEST_)/i;

export interface N8nPlace {
	/** n8n keeps everything in `<folder>/.n8n`. */
	readonly folder: string;
	readonly port: number;
	/** n8n's task runners talk to it over a port of their own; two n8n on a machine need two. */
	readonly brokerPort: number;
}

/**
 * An environment in which n8n depends on nothing but its folder: SQLite, no telemetry, no calls
 * home, reachable from this machine only.
 */
export function n8nEnvironment(place: N8nPlace, more: Record<string, string>): NodeJS.ProcessEnv {
	const machine = Object.fromEntries(
		Object.entries(process.env).filter(([name]) => !FOREIGN.test(name)),
	);
	return {
		...machine,
		...noProxyForThisMachine(),
		N8N_USER_FOLDER: place.folder,
		N8N_ENCRYPTION_KEY: 'playground',
		N8N_PORT: String(place.port),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_RUNNERS_BROKER_PORT: String(place.brokerPort),
		N8N_SECURE_COOKIE: 'false',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_VERIFIED_PACKAGES_ENABLED: 'false',
		N8N_LOG_LEVEL: 'info',
		NO_COLOR: '1',
		...more,
	};
}

/** A proxy of the machine stays in force for servers elsewhere, never for what runs here. */
function noProxyForThisMachine(): Record<string, string> {
	const hosts = [process.env.NO_PROXY ?? process.env.no_proxy, '127.0.0.1', 'localhost']
		.filter(Boolean)
		.join(',');
	return { NO_PROXY: hosts, no_proxy: hosts };
}
