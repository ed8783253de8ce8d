import { join } from 'node:path';
import { cacheFolder } from '../../playground/host/cache-folder';
import { n8nLine } from '../../playground/host/n8n-lines';

/** n8n's own nodes and libraries, where tests or `npm start` have installed it. */
export const N8N_MODULES = join(cacheFolder(), `n8n-${n8nLine().version}`, 'node_modules');
