import { runInThisContext } from 'node:vm';

/** The process itself: Jest gives each test file a copy, and Node.js tells a copy nothing. */
const nodeProcess = runInThisContext('process') as NodeJS.Process;

/** What Node.js warns of while this works: too many listeners, for instance. */
export async function warningsDuring(work: () => Promise<unknown>): Promise<string[]> {
	const warnings: string[] = [];
	const remember = ({ name, message }: Error) => {
		warnings.push(`${name}: ${message}`);
	};
	nodeProcess.on('warning', remember);
	try {
		await work();
		// Node.js tells of a warning in a later tick.
		await new Promise(setImmediate);
		return warnings;
	} finally {
		nodeProcess.off('warning', remember);
	}
}
