import { join } from 'node:path';
import { cacheFolder } from '../../playground/host/cache-folder';
import { N8N_VERSION } from '../../playground/host/install-n8n';

/** n8n's own nodes and libraries, where tests or `npm start` have installed it. */
export const N8N_MODULES = join(cacheFolder(), `n8n-${N8N_VERSION}`, 'node_modules');
