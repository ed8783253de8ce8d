const transform = { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.json' }] };

/** One project for each kind of test; `node test/run.mjs` chooses among them. */
const project = (displayName, folder, more = {}) => ({
	displayName,
	testEnvironment: 'node',
	roots: [`<rootDir>/test/${folder}`],
	testMatch: ['**/*.test.ts'],
	transform,
	...more,
});

module.exports = {
	projects: [
		project('unit', 'unit'),
		project('client', 'client'),
		project('contract', 'contract'),
		project('faults', 'faults'),
		// Jest takes the option testTimeout for all projects only.
		project('e2e', 'e2e', { setupFilesAfterEnv: ['<rootDir>/test/support/long-tests.ts'] }),
		project('browser', 'browser', { setupFilesAfterEnv: ['<rootDir>/test/support/long-tests.ts'] }),
	],
	testTimeout: 30_000,
};
