import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer as createProxy, type Server } from 'node:http';
import { createServer, type Server as HttpsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { makeSelfSigned } from './self-signed-certificate';

/** n8n installs from elsewhere only with a licence, so this stands in that one's place. */
const HOST = 'registry.npmjs.org';
const ORIGIN = `https://${HOST}`;

interface PackageJson {
	readonly name: string;
	readonly version: string;
}

interface Release {
	/** As the registry describes it: the package.json, and where the tarball is. */
	readonly description: PackageJson & { readonly dist: { readonly integrity: string } };
	readonly tarball: Buffer;
}

/**
 * The npm registry as one n8n sees it. A proxy leads nowhere but to an own server, which has one
 * package. n8n and its npm get there with `env`.
 */
export class LocalRegistry {
	private readonly releases = new Map<string, Release>();
	private readonly sockets = new Set<Socket>();

	private constructor(
		private readonly name: string,
		private readonly folder: string,
		private readonly server: HttpsServer,
		private readonly proxy: Server,
	) {
		server.on('request', ({ url }, response) => {
			const answer = this.answer(decodeURIComponent(url ?? ''));
			response.writeHead(answer ? 200 : 404).end(answer ?? '{"error":"not found"}');
		});
		proxy.on('connect', ({ url }, client: Socket) => {
			this.openWay(url ?? '', client);
		});
	}

	/** @param folder for the certificate and npm's cache */
	static async start(name: string, folder: string): Promise<LocalRegistry> {
		const certificate = makeSelfSigned(HOST);
		await writeFile(join(folder, 'registry.pem'), certificate.cert);
		const registry = new LocalRegistry(name, folder, createServer(certificate), createProxy());
		for (const server of [registry.server, registry.proxy]) {
			server.listen(0, '127.0.0.1');
			await once(server, 'listening');
		}
		return registry;
	}

	/** What n8n is started with to find this registry. */
	get env(): Record<string, string> {
		const proxy = `http://127.0.0.1:${portOf(this.proxy)}`;
		const certificate = join(this.folder, 'registry.pem');
		return {
			HTTPS_PROXY: proxy,
			https_proxy: proxy,
			NODE_EXTRA_CA_CERTS: certificate,
			npm_config_cafile: certificate,
			npm_config_cache: join(this.folder, 'npm-cache'),
		};
	}

	/** The newest release is `latest`. @returns its checksum */
	async publish(tarballPath: string, packageJson: PackageJson): Promise<string> {
		const tarball = await readFile(tarballPath);
		const { version } = packageJson;
		const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
		const dist = { integrity, tarball: `${ORIGIN}/${this.name}/-/${version}.tgz` };
		this.releases.set(version, { description: { ...packageJson, dist }, tarball });
		return integrity;
	}

	async stop(): Promise<void> {
		for (const socket of this.sockets) socket.destroy();
		this.server.closeAllConnections();
		for (const server of [this.server, this.proxy]) {
			server.close();
			await once(server, 'close');
		}
	}

	private answer(path: string): string | Buffer | undefined {
		const [, name, version, file] = path.split('/');
		if (name !== this.name) return undefined;
		if (file !== undefined) return this.releases.get(file.replace('.tgz', ''))?.tarball;
		const latest = [...this.releases.keys()].at(-1) ?? '';
		if (version !== undefined)
			return JSON.stringify(
				this.releases.get(version === 'latest' ? latest : version)?.description,
			);
		const versions = Object.fromEntries(
			Array.from(this.releases, ([each, { description }]) => [each, description]),
		);
		return JSON.stringify({ name, 'dist-tags': { latest }, versions });
	}

	private openWay(target: string, client: Socket): void {
		this.sockets.add(client);
		client.on('error', () => client.destroy()).on('close', () => this.sockets.delete(client));
		if (target !== `${HOST}:443`) {
			client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
			return;
		}
		const inside = connect(portOf(this.server), '127.0.0.1', () => {
			client.write('HTTP/1.1 200 Connection established\r\n\r\n');
			client.pipe(inside).pipe(client);
		});
		inside.on('error', () => client.destroy());
		client.on('close', () => inside.destroy());
	}
}

function portOf(server: Server): number {
	return (server.address() as AddressInfo).port;
}
