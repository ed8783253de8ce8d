import { execFileSync } from 'node:child_process';

/** The ids of all living descendants of a process, itself among them. */
export function processTree(root: number): number[] {
	const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
		.trim()
		.split('\n');
	const parents = rows.map(
		(row) => row.trim().split(/\s+/).map(Number) as [pid: number, parent: number],
	);
	const tree = [root];
	for (const ancestor of tree)
		tree.push(...parents.filter(([, parent]) => parent === ancestor).map(([pid]) => pid));
	return tree;
}
