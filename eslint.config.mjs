import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import js from '@eslint/js';
import { configWithoutCloudSupport } from '@n8n/node-cli/eslint';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/**
 * What n8n's own lint judges. Some of its rules read any file and would forbid client/ errors of
 * its own.
 */
const HOST_SOURCES = ['nodes/**/*.ts', 'credentials/**/*.ts'];

const TIMERS = [
	'setTimeout',
	'setInterval',
	'setImmediate',
	'clearTimeout',
	'clearInterval',
	'clearImmediate',
];

/**
 * n8n's configuration as it comes, every rule left on, only with `**\/*.ts` narrowed to the sources
 * that n8n loads. It brings an older typescript-eslint under the same plugin name, and ESLint wants
 * one: so ours, newer, stands in for it.
 */
function hostConfig() {
	return configWithoutCloudSupport.map((entry) => {
		const files = entry.files?.flatMap((pattern) =>
			pattern === '**/*.ts' ? HOST_SOURCES : [pattern.replace(/^\.\//, '')],
		);
		const plugins = entry.plugins?.['@typescript-eslint']
			? { ...entry.plugins, '@typescript-eslint': tseslint.plugin }
			: entry.plugins;
		const languageOptions = entry.languageOptions?.parser
			? { ...entry.languageOptions, parser: tseslint.parser }
			: entry.languageOptions;
		return {
			...entry,
			...(files && { files }),
			...(plugins && { plugins }),
			...(languageOptions && { languageOptions }),
		};
	});
}

const SOCKET_IO = {
	group: ['socket.io-client', 'socket.io-client/*', 'engine.io-client', 'engine.io-client/*'],
	message: 'Only client/connection/socket.ts and transports.ts speak to socket.io-client.',
};
const UNDICI = {
	group: ['undici', 'undici/*'],
	message: 'Only client/http/undici-client.ts speaks to undici.',
};
const FILE_TYPE = {
	group: ['file-type', 'file-type/*'],
	message: 'Only client/http/first-bytes.ts speaks to file-type.',
};
const NODE_TIMERS = {
	group: ['timers', 'timers/*', 'node:timers', 'node:timers/*'],
	message: 'client/clock.ts holds the only timers.',
};
const HOST = {
	group: ['n8n-workflow', 'n8n-workflow/*', 'n8n-core', '**/nodes/**', '**/credentials/**'],
	message: 'client/ knows nothing of n8n: what it needs comes in as functions.',
};

/**
 * Lines that nothing can break in a sensible place. These are titles of tests, lint directives, and
 * texts without a space to break at: a URL, bytes, a description that n8n's lint wants to the
 * letter.
 */
const UNBROKEN = ['^\\s*(it|describe|test)[.(]', '^\\s*[`\'"].*[`\'"],?;?$', 'eslint-disable'].join(
	'|',
);

/** One rule, set anew for each place: a later entry of the same rule replaces the earlier one. */
const imports = (files, ...patterns) => ({
	files,
	rules: { 'no-restricted-imports': ['error', { patterns }] },
});

/** What knows all stages of client/inbound, and no stage knows. */
const INBOX_FILES = ['inbox', 'inbox-port', 'receiver', 'typing-indicator'].map(
	(name) => `**/${name}`,
);

/** The stages of client/inbound, in the order of its arrows: each knows only those after it. */
const INBOUND = [
	{ stage: 'subscription', knowsNot: ['inbox'] },
	{ stage: 'lanes', knowsNot: ['inbox', 'subscription'] },
	{ stage: 'item', knowsNot: ['inbox', 'subscription', 'lanes', 'ledger'] },
	{ stage: 'ledger', knowsNot: ['inbox', 'subscription', 'lanes', 'item', 'intake'] },
	{ stage: 'intake', knowsNot: ['inbox', 'subscription', 'lanes', 'item', 'ledger'] },
];
const inboundArrows = [
	...INBOUND.map(({ stage, knowsNot }) => [`client/inbound/${stage}/**/*.ts`, knowsNot]),
	['client/inbound/trigger-port.ts', ['inbox', 'subscription']],
].map(([files, knowsNot]) =>
	imports([files], HOST, SOCKET_IO, UNDICI, NODE_TIMERS, FILE_TYPE, {
		group: knowsNot.flatMap((name) => (name === 'inbox' ? INBOX_FILES : [`**/${name}/**`])),
		message: 'Arrows in client/inbound: inbox -> subscription -> lanes -> item, ledger, intake.',
	}),
);

const noTimers = {
	files: ['client/**/*.ts', 'nodes/**/*.ts', 'credentials/**/*.ts'],
	ignores: ['client/clock.ts'],
	rules: {
		'no-restricted-globals': [
			'error',
			...TIMERS.map((name) => ({ name, message: 'client/clock.ts holds the only timers.' })),
		],
		'no-restricted-properties': [
			'error',
			...TIMERS.map((property) => ({ object: 'globalThis', property })),
		],
	},
};

/** A test that runs alone hides all others of its file. */
const noOnly = {
	'no-restricted-properties': [
		'error',
		...['describe', 'it', 'test'].map((object) => ({
			object,
			property: 'only',
			message: 'The other tests of the file would not run.',
		})),
	],
};

export default tseslint.config(
	{ ignores: ['dist/', 'coverage/', '.playground/', 'node_modules/'] },
	{
		files: ['**/*.ts'],
		extends: [js.configs.recommended, tseslint.configs.strictTypeChecked],
		languageOptions: {
			parserOptions: {
				projectService: true,
				tsconfigRootDir: dirname(fileURLToPath(import.meta.url)),
			},
		},
		rules: {
			'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
			'max-len': [
				'error',
				{
					code: 100,
					tabWidth: 2,
					ignorePattern: UNBROKEN,
					ignoreRegExpLiterals: true,
					ignoreTemplateLiterals: true,
				},
			],
			'@typescript-eslint/no-confusing-void-expression': [
				'error',
				{ ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
			],
			'@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
		},
	},
	{ files: ['test/**/*.ts'], rules: { 'max-lines': 'off', ...noOnly } },
	{ files: ['client/**/*.ts'], rules: { 'no-console': 'error' } },
	...hostConfig(),
	imports([...HOST_SOURCES, 'bench/**/*.ts'], SOCKET_IO, UNDICI, FILE_TYPE, NODE_TIMERS),
	// What the package is measured against is a bare client of the library.
	imports(['bench/support/receivers.ts', 'bench/backlog.ts'], UNDICI, FILE_TYPE, NODE_TIMERS),
	imports(['client/**/*.ts'], HOST, SOCKET_IO, UNDICI, FILE_TYPE, NODE_TIMERS),
	imports(
		['client/connection/socket.ts', 'client/connection/transports.ts'],
		HOST,
		UNDICI,
		FILE_TYPE,
		NODE_TIMERS,
	),
	imports(
		['client/http/undici-client.ts', 'client/http/undici-deep.d.ts'],
		HOST,
		SOCKET_IO,
		FILE_TYPE,
		NODE_TIMERS,
	),
	imports(['client/http/first-bytes.ts'], HOST, SOCKET_IO, UNDICI, NODE_TIMERS),
	imports(['client/clock.ts'], HOST, SOCKET_IO, UNDICI, FILE_TYPE),
	...inboundArrows,
	noTimers,
	{
		files: ['**/*.mjs', '**/*.js'],
		extends: [js.configs.recommended],
		languageOptions: { globals: globals.node },
	},
	{ files: ['**/*.js'], languageOptions: { sourceType: 'commonjs' } },
	{
		files: ['playground/page/**/*.{js,mjs}'],
		languageOptions: { sourceType: 'module', globals: globals.browser },
	},
);
