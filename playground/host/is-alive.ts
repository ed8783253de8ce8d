import { readFileSync } from 'node:fs';

/**
 * Whether a process with this id runs. One that has ended but was never collected by its parent (a
 * container's first process may not) does not.
 */
export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
	return !isUncollected(pid);
}

function isUncollected(pid: number): boolean {
	if (process.platform !== 'linux') return false;
	try {
		// "pid (name) state ..."; the name may hold anything, parentheses too.
		return /^.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
	} catch (error) {
		// It ended between the two looks.
		return (error as NodeJS.ErrnoException).code === 'ENOENT';
	}
}
