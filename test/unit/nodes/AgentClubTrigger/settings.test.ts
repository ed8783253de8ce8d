import type { IDataObject } from 'n8n-workflow';
import { deniesEverybody, readSettings } from '../../../../nodes/AgentClubTrigger/settings';
import { NODE, triggerHost } from '../../../support/fake-host';

const settings = (parameters: IDataObject = {}, workflow: IDataObject = {}) =>
	readSettings(triggerHost(parameters, workflow));
const option = (name: string, value: unknown) =>
	settings({ options: { [name]: value } as IDataObject });

describe("the trigger's settings", () => {
	it('have the documented defaults, and deny everybody', () => {
		expect(settings()).toMatchObject({
			subscription: {
				filter: {
					chats: new Set(),
					allowFrom: new Set(),
					allowFromKind: new Set(),
					requireMention: true,
					ignoreMentionAll: false,
				},
				acknowledge: 'onCompletion',
				parallelExecutions: 20,
				laneTimeout: 600_000,
				retries: 3,
				retryDelay: 5000,
				failureReply: '',
				showTyping: true,
				backlog: { keep: 'all', maxAge: 86_400_000 },
				agentTurns: { most: 20, pause: 600_000 },
			},
			preparation: {
				download: 'all',
				maxBytes: 10 * 1024 * 1024,
				includeRoster: true,
				rosterMaxAge: 300_000,
			},
			item: {
				binaryPropertyName: 'data',
				senderPrefix: true,
				mentionGuide: 'field',
				ignoreMentionAll: false,
				includeRaw: false,
			},
		});
	});

	it.each([
		['=You are {{agent}}.\n{{ roster }}', 'You are {{agent}}.\n{{ roster }}'],
		['=no placeholder', 'as n8n evaluates it'],
		['=They are {{ $json.names }}', 'as n8n evaluates it'],
		['You are {{agent}}.', 'as n8n evaluates it'],
	])('take the placeholders of a guide written as %j for no expressions', (written, guide) => {
		const evaluated = { mentionGuideText: 'as n8n evaluates it' };
		const host = {
			...triggerHost({ options: evaluated }),
			getNode: () => ({ ...NODE, parameters: { options: { mentionGuideText: written } } }),
		};
		expect(readSettings(host).item.mentionGuideText).toBe(guide);
	});

	it('name a guide that has our placeholders beside expressions', () => {
		const written = '={{agent}} of {{ $vars.company }}';
		const host = {
			...triggerHost(),
			getNode: () => ({ ...NODE, parameters: { options: { mentionGuideText: written } } }),
		};
		expect(() => readSettings(host)).toThrow('"Mention Guide Text" has {{agent}}');
	});

	it('are read from the parameters', () => {
		const read = settings({
			allowFrom: ['u_1', 'u_2'],
			allowFromKind: ['human'],
			requireMention: false,
			acknowledge: 'onSuccess',
			options: {
				chats: ['gc_1'],
				ignoreMentionAll: true,
				parallelExecutions: 3,
				laneTimeout: 10,
				retries: 0,
				retryDelay: 0.5,
				failureReply: 'Sorry',
				showTyping: false,
				downloadAttachments: 'images',
				maxAttachmentSize: 0.5,
				includeRoster: false,
				rosterMaxAge: 0,
				binaryPropertyName: 'file',
				senderPrefix: false,
				mentionGuide: 'off',
				includeRaw: true,
				backlog: 'recent',
				backlogMaxAge: 10,
			},
		});

		expect(read).toMatchObject({
			subscription: {
				filter: {
					chats: new Set(['gc_1']),
					allowFrom: new Set(['u_1', 'u_2']),
					allowFromKind: new Set(['human']),
					requireMention: false,
					ignoreMentionAll: true,
				},
				acknowledge: 'onSuccess',
				parallelExecutions: 3,
				laneTimeout: 10_000,
				retries: 0,
				retryDelay: 500,
				failureReply: 'Sorry',
				showTyping: false,
				backlog: { keep: 'recent', maxAge: 600_000 },
			},
			preparation: { download: 'images', maxBytes: 524_288, includeRoster: false, rosterMaxAge: 0 },
			item: {
				binaryPropertyName: 'file',
				senderPrefix: false,
				mentionGuide: 'off',
				ignoreMentionAll: true,
				includeRaw: true,
			},
		});
	});

	it('take -1 for no limit of parallel executions', () => {
		expect(option('parallelExecutions', -1).subscription.parallelExecutions).toBe(
			Number.POSITIVE_INFINITY,
		);
	});

	it.each([
		[60, 90_000],
		[undefined, 600_000],
		[-1, 600_000],
	])(
		'wait, with a workflow timeout of %p s, %p ms for an execution',
		(executionTimeout, laneTimeout) => {
			expect(
				settings({}, executionTimeout === undefined ? {} : { executionTimeout }).subscription
					.laneTimeout,
			).toBe(laneTimeout);
		},
	);

	it.each([
		[undefined, '120', 150_000],
		[60, '120', 90_000],
		[-1, '120', 600_000],
		[undefined, '-1', 600_000],
		[undefined, 'never', 600_000],
	])(
		"wait, with a workflow timeout of %p s and the instance's of %p s, %p ms for an execution",
		(executionTimeout, ofInstance, laneTimeout) => {
			process.env.EXECUTIONS_TIMEOUT = ofInstance;
			try {
				expect(
					settings({}, executionTimeout === undefined ? {} : { executionTimeout }).subscription
						.laneTimeout,
				).toBe(laneTimeout);
			} finally {
				delete process.env.EXECUTIONS_TIMEOUT;
			}
		},
	);

	it("take a lane timeout of their own before the workflow's", () => {
		expect(
			settings({ options: { laneTimeout: 5 } }, { executionTimeout: 60 }).subscription.laneTimeout,
		).toBe(5000);
	});

	it.each([
		['u_1, u_2 ,', ['u_1', 'u_2']],
		[
			[' u_1 ', '', 7],
			['u_1', '7'],
		],
		[null, []],
	])('read the list %j that an expression gave as %j', (allowFrom, ids) => {
		expect([...settings({ allowFrom }).subscription.filter.allowFrom]).toEqual(ids);
	});

	it.each([
		['["u_1", "u_2"]', ['u_1', 'u_2']],
		[' [ "u_1" ] ', ['u_1']],
		['"u_1"', ['u_1']],
		['[]', []],
		['["*"]', ['*']],
		['', []],
		[['u_1', null, ''], ['u_1']],
		['3f2a9c, 6dbe-4f11', ['3f2a9c', '6dbe-4f11']],
		['@u_1, #u_2', ['u_1', 'u_2']],
		[['＠u_1', 'u_1 ', ' #u_1'], ['u_1']],
	])('read %j, which an expression gave for a list, as %j', (given, read) => {
		expect([...settings({ allowFrom: given }).subscription.filter.allowFrom]).toEqual(read);
		const chats: unknown = JSON.parse(JSON.stringify(given).replaceAll('u_', 'gc_'));
		expect([...option('chats', chats).subscription.filter.chats]).toEqual(
			read.map((id) => id.replace('u_', 'gc_')),
		);
	});

	it.each([
		['{"a":1}', '"{"a":1}"'],
		['["u_1"', '"["u_1""'],
		['[object Object]', '"[object Object]"'],
		['Mia Smith', '"Mia Smith"'],
		['u_1; u_2', '"u_1; u_2"'],
		['"u_1", "u_2"', '""u_1", "u_2""'],
		["'u_1'", `"'u_1'"`],
		['mia@example.com', '"mia@example.com"'],
		['@', '"@"'],
		['Anyone', '"Anyone"'],
		[['u_1', 'all'], '"all"'],
		['<at user_id="u_1">', '"<at user_id="u_1">"'],
		['[["u_1"]]', '["u_1"]'],
		[[{ id: 'u_1' }], '{"id":"u_1"}'],
		[{ a: 1 }, '{"a":1}'],
		[true, 'true'],
	])('refuse %j where ids belong, because nobody would pass', (given, shown) => {
		expect(() => settings({ allowFrom: given })).toThrow(
			`"Allow From" has the value ${shown}, which is no ID`,
		);
		expect(() => option('chats', given)).toThrow('"Chats" has the value');
	});

	it.each([
		['allowFrom', '"Allow From"', 'gc_1', 'chat'],
		['allowFrom', '"Allow From"', '@dc_1', 'chat'],
		['allowFrom', '"Allow From"', 'pr_1f', 'chat'],
		['allowFrom', '"Allow From"', 'msg_1', 'message'],
		['chats', '"Chats"', 'u_1', 'user'],
		['chats', '"Chats"', 'msg_1', 'message'],
	])('refuse in %s the ID of something else, which nobody has: %s %s', (name, field, id, kind) => {
		const given = [id];
		expect(() => settings({ allowFrom: given, options: { [name]: given } })).toThrow(
			`${field} has the value "${id}", which is the ID of a ${kind}`,
		);
	});

	it.each([['*'], ['human'], ['agent']])('take the kind %p', (kind) => {
		expect(settings({ allowFromKind: [kind] }).subscription.filter.allowFromKind).toEqual(
			new Set([kind]),
		);
	});

	it.each([['bot'], ['Human'], ['humans'], ['all']])('refuse the kind %p by name', (kind) => {
		expect(() => settings({ allowFromKind: ['human', kind] })).toThrow(
			expect.objectContaining({
				code: 'SETTINGS',
				message: expect.stringContaining(JSON.stringify(kind)) as string,
				remedy: expect.stringContaining('human') as string,
			}) as Error,
		);
	});

	it('refuse a way of marking that does not exist', () => {
		expect(() => settings({ acknowledge: 'later' })).toThrow(
			expect.objectContaining({
				code: 'SETTINGS',
				message: expect.stringContaining('"later"') as string,
			}) as Error,
		);
	});

	it.each([
		['downloadAttachments', 'some'],
		['mentionGuide', 'everywhere'],
		['backlog', 'half'],
		['parallelExecutions', -2],
		['parallelExecutions', 'many'],
		['parallelExecutions', Number.NaN],
		['maxAttachmentSize', Number.POSITIVE_INFINITY],
		['maxAttachmentSize', '10 MB'],
		['maxAgentTurns', []],
		['retries', true],
		['retries', {}],
		['laneTimeout', 0],
		['laneTimeout', 'soon'],
		['retries', -1],
		['retryDelay', -1],
		['maxAttachmentSize', -1],
		['maxAttachmentSize', 'big'],
		['rosterMaxAge', -1],
		['backlogMaxAge', -1],
		['maxAgentTurns', -1],
		['agentTurnsReset', -1],
	])('refuse %s with the value %p', (name, value) => {
		expect(() => option(name, value)).toThrow(
			expect.objectContaining({ code: 'SETTINGS', remedy: expect.any(String) as string }) as Error,
		);
	});

	it.each([['  '], [null]])('take the default where a field is %p', (value) => {
		expect(option('retries', value).subscription.retries).toBe(3);
		expect(option('binaryPropertyName', value).item.binaryPropertyName).toBe('data');
	});

	it('show a number that is none', () => {
		expect(() => option('retries', Number.NaN)).toThrow('"Retries" has the value NaN');
	});

	it.each([
		[false, false],
		['false', false],
		[true, true],
		['true', true],
		[null, true],
		[' False ', false],
		[0, false],
	])('read whether a mention is required from %p as %p', (value, read) => {
		expect(settings({ requireMention: value }).subscription.filter.requireMention).toBe(read);
	});

	it.each([['no'], [[]], [{}], [2]])('refuse %j for a switch, by its name', (value) => {
		expect(() => settings({ requireMention: value })).toThrow('"Require Mention" has the value');
		expect(() => option('showTyping', value)).toThrow('"Show Typing" has the value');
	});

	it('take numbers that an expression gave as texts', () => {
		expect(option('retries', '2').subscription.retries).toBe(2);
	});
});

describe('settings that let nobody through', () => {
	it('are told by the name of the list that is empty', () => {
		expect(deniesEverybody(settings().subscription.filter)).toContain(
			'"Allow From" and "Allow From Kind" are empty',
		);
		expect(deniesEverybody(settings({ allowFrom: ['*'] }).subscription.filter)).toContain(
			'"Allow From Kind" is empty',
		);
		expect(deniesEverybody(settings({ allowFromKind: ['*'] }).subscription.filter)).toContain(
			'"Allow From" is empty',
		);
	});

	it('are none where both lists name somebody', () => {
		expect(
			deniesEverybody(
				settings({ allowFrom: ['u_1'], allowFromKind: ['human'] }).subscription.filter,
			),
		).toBeUndefined();
	});
});
