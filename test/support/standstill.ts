import { runInNewContext } from 'node:vm';

/** ms: a hundred times and more what the work of these tests takes on a machine of its own. */
const PATIENCE = 120_000;

/** ms for a test with such work, which ends after its patience. */
export const STANDSTILL = PATIENCE + 30_000;

/**
 * Answers what synchronous work answers, or ends it where it would stand still. Its input has to be
 * so large that work with the square of it takes far more than the patience on any machine. So the
 * outcome does not depend on how fast or busy a machine is.
 */
export function withoutStandstill<T>(work: () => T): T {
	return runInNewContext('work()', { work }, { timeout: PATIENCE }) as T;
}
