import type { N8n } from '../../playground/host/n8n-process';
import { N8nFixture } from '../support/n8n-fixture';
import { QueueServices } from '../support/queue-services';
import { Scene } from './scene';

/**
 * n8n in queue mode: PostgreSQL, Redis, a main with the triggers, and two workers that run the
 * executions.
 */
export class QueueScene {
	private constructor(
		readonly services: QueueServices,
		readonly scene: Scene,
		readonly workers: readonly [N8n, N8n],
	) {}

	/** @param env environment variables for all of them */
	static async start(env: Record<string, string> = {}): Promise<QueueScene> {
		const services = await QueueServices.start();
		const all = { ...services.env, ...env };
		// The main makes the database, so the workers come after it.
		const scene = await Scene.start(all);
		const workers = [
			await N8nFixture.startWorker('worker-1', all),
			await N8nFixture.startWorker('worker-2', all),
		] as const;
		return new QueueScene(services, scene, [...workers]);
	}

	/** The workers whose log says that they began one of these executions, each once. */
	workersOf(...executionIds: string[]): N8n[] {
		const began = (worker: N8n, id: string) =>
			worker.log().includes(`Worker started execution ${id} `);
		return this.workers.filter((worker) => executionIds.some((id) => began(worker, id)));
	}

	async stop(): Promise<void> {
		await Promise.all(this.workers.map((worker) => worker.stop()));
		await this.scene.stop();
		await Promise.all(this.workers.map((worker) => worker.output.close()));
		await this.services.stop();
	}
}
