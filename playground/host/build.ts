// Builds the package where that is necessary: node tools/run-ts.mjs playground/host/build.ts
import { buildWhenStale } from './build-when-stale';

const say = (line: string) => {
	console.log(line);
};
buildWhenStale(process.env.AGENTCLUB_REPOSITORY ?? process.cwd(), say).catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
