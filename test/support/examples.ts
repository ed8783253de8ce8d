import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowJson } from '../../playground/host/n8n-types';

const FOLDER = join(__dirname, '../../examples');

/** The names of the workflows in `examples/`. */
export const EXAMPLES = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

/** One of them, as people download it. */
export function example(name: string): WorkflowJson {
	return JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as WorkflowJson;
}

/** The page that describes them. */
export const examplesReadme = () => readFileSync(join(FOLDER, 'README.md'), 'utf8');
