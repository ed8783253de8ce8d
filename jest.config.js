const transform = {
	'^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.json' }],
	// file-type and what it needs are ES modules only.
	'/node_modules/.+\\.js$': '<rootDir>/test/support/es-module.js',
};
const ES_MODULES =
	'file-type|strtok3|token-types|uint8array-extras|@tokenizer/inflate|@borewit/text-codec';

/** One project for each kind of test; `node test/run.mjs` chooses among them. */
const project = (displayName, folder, more = {}) => ({
	displayName,
	testEnvironment: 'node',
	roots: [`<rootDir>/test/${folder}`],
	testMatch: ['**/*.test.ts'],
	transform,
	transformIgnorePatterns: [`/node_modules/(?!(${ES_MODULES})/)`],
	...more,
});

module.exports = {
	projects: [
		project('unit', 'unit'),
		project('client', 'client'),
		// Its real servers need Python.
		project('contract', 'contract', {
			testEnvironment: '<rootDir>/test/support/skipping-environment.js',
		}),
		project('faults', 'faults'),
		project('package', 'package'),
		// Jest takes the option testTimeout for all projects only.
		project('e2e', 'e2e', {
			setupFilesAfterEnv: ['<rootDir>/test/support/long-tests.ts'],
			// Only with `npm run test:kills`: four minutes for what queue-mode.test.ts does at moments of
			// its own choice.
			testPathIgnorePatterns: process.env.AGENTCLUB_KILLS ? [] : ['queue-killed'],
		}),
		project('browser', 'browser', { setupFilesAfterEnv: ['<rootDir>/test/support/long-tests.ts'] }),
	],
	testTimeout: 30_000,
	// jest-circus makes an AsyncLocalStorage for each file and never disables it. On Node.js before 24
	// each promise then keeps a field for every file that its worker has run: after 80 files a promise
	// takes 2 KB and 30 times as long. A new worker begins anew.
	workerIdleMemoryLimit: '400MB',
};
