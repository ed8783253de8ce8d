// Gets n8n into the cache folder, so that no test has to wait for that: node tools/run-ts.mjs
// playground/host/get-n8n.ts
import { installN8n } from './install-n8n';

installN8n((line) => {
	console.log(line);
}).catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
