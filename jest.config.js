const transform = { '^.+\\.ts$': ['ts-jest', { isolatedModules: true, tsconfig: 'tsconfig.json' }] };

/** One project for each kind of test; `node test/run.mjs` chooses among them. */
const project = (displayName, folder, more = {}) => ({
	displayName,
	testEnvironment: 'node',
	roots: [`<rootDir>/test/${folder}`],
	testMatch: ['**/*.test.ts'],
	transform,
	testTimeout: 30_000,
	...more,
});

module.exports = {
	projects: [
		project('unit', 'unit'),
		project('client', 'client'),
		project('contract', 'contract'),
		// Starting n8n takes 10 to 30 s, and whole workflows run in it.
		project('e2e', 'e2e', { testTimeout: 180_000 }),
	],
};
