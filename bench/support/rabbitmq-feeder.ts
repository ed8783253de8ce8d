import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Flood, messagesOf } from './flood-server';
import { N8N_MODULES } from './n8n-modules';
import { GUEST } from './rabbitmq-server';

/** What is used of the library that n8n's own RabbitMQ nodes use. */
interface Amqp {
	connect(url: {
		hostname: string;
		port: number;
		username: string;
		password: string;
		vhost: string;
	}): Promise<{ createChannel(): Promise<Channel>; close(): Promise<void> }>;
}

interface Channel {
	assertQueue(name: string): Promise<unknown>;
	sendToQueue(name: string, content: Buffer): boolean;
}

export type RabbitFeederRequest =
	/** Makes the queue. */
	| { readonly do: 'connect'; readonly port: number; readonly queue: string }
	/** Publishes the messages as the flood server would write them. */
	| { readonly do: 'publish'; readonly queue: string; readonly flood: Flood };

export function rabbitFeeder(): (request: RabbitFeederRequest) => Promise<void> {
	let channel: Channel | undefined;
	return async (request) => {
		if (request.do === 'connect') {
			const amqp = createRequire(join(N8N_MODULES, 'n8n-nodes-base/package.json'))(
				'amqplib',
			) as Amqp;
			channel = await (
				await amqp.connect({ ...GUEST, hostname: '127.0.0.1', port: request.port })
			).createChannel();
			await channel.assertQueue(request.queue);
			return;
		}
		for (const message of messagesOf(request.flood))
			channel?.sendToQueue(request.queue, Buffer.from(JSON.stringify(message)));
	};
}
