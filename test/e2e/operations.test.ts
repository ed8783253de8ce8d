import { type ItemJson, type NodeJson, outputOf } from '../../playground/host/n8n-types';
import { actionNode, chain, codeNode, node } from '../../playground/host/workflow-json';
import { type Cast, containing, mention, openTrigger, useScene } from './scene';
import {
	byId,
	jsonOf,
	operationNodes,
	type Operations,
	runByHand,
	sideBySide,
} from './side-by-side';

const scene = useScene();

/** Runs operations by hand; answers an operation's items by its name. */
const run = ({ credential }: Cast, operations: Operations, source: NodeJson[] = []) =>
	runByHand(scene().host, operationNodes(credential, operations), source);

describe('agent, chats and members', () => {
	it('are told as they are, filtered where that is wanted', async () => {
		const cast = await scene().cast();
		const { agent, mia, group, direct } = cast;
		const done = await run(cast, {
			Agent: { resource: 'agent', operation: 'get' },
			All: { resource: 'chat', operation: 'getMany', filters: {} },
			Direct: {
				resource: 'chat',
				operation: 'getMany',
				filters: { chatType: 'direct', search: ' MIA' },
			},
			Nobody: { resource: 'chat', operation: 'getMany', filters: { search: 'nobody' } },
			Wrong: { resource: 'chat', operation: 'getMany', filters: { chatType: '={{ "channel" }}' } },
			Members: { resource: 'group', operation: 'getMembers', chatId: byId(group.id) },
			'No Group': { resource: 'group', operation: 'getMembers', chatId: byId('={{ "" }}') },
			'No Operation': { resource: 'chat', operation: 'rename' },
			'No Members': { resource: 'group', operation: 'getMembers', chatId: byId(direct.id) },
			'Foreign Members': {
				resource: 'group',
				operation: 'getMembers',
				chatId: byId('gc_0123456789abcdef0123456789abcdef'),
			},
		});

		expect(jsonOf(done('Agent'))).toEqual([
			{
				id: agent.id,
				name: agent.displayName,
				role: 'agent',
				kind: 'agent',
				serverUrl: scene().club.url,
			},
		]);
		expect(jsonOf(done('All'))).toEqual([
			{
				chatId: group.id,
				chatType: 'group',
				name: containing('Team'),
				description: '',
				user: null,
				createdAt: containing('T'),
			},
			{
				chatId: direct.id,
				chatType: 'direct',
				name: mia.displayName,
				description: '',
				user: { id: mia.id, name: mia.displayName, kind: 'human', isOnline: true },
				createdAt: containing('T'),
			},
		]);
		expect(jsonOf(done('Direct')).map(({ chatId }) => chatId)).toEqual([direct.id]);
		expect(done('Nobody')).toEqual([]);
		expect(jsonOf(done('Wrong'))).toEqual([
			{ error: containing('"Chat Type" has the value "channel"') },
		]);
		expect(jsonOf(done('Members'))).toEqual([
			{
				id: mia.id,
				name: mia.displayName,
				username: mia.username,
				kind: 'human',
				isSelf: false,
				isOnline: true,
			},
			{
				id: agent.id,
				name: agent.displayName,
				username: agent.username,
				kind: 'agent',
				isSelf: true,
				isOnline: true,
			},
		]);
		expect(jsonOf(done('No Group'))).toEqual([{ error: containing('"Group" is empty') }]);
		expect(jsonOf(done('No Operation'))).toEqual([
			{
				error:
					'The operation "rename" of "chat" does not exist. Choose the resource and the ' +
					'operation again.',
			},
		]);
		expect(jsonOf(done('No Members'))).toEqual([
			{ error: containing(`A direct chat has no members, and "${direct.id}" is one`) },
		]);
		expect(jsonOf(done('Foreign Members'))).toEqual([
			{ error: containing('does not take part in the chat "gc_0123') },
		]);
	});

	it('are in the lists of the editor, with what they are, and found by a part of the name', async () => {
		const cast = await scene().cast();
		const { mia, group, direct } = cast;
		const search = async (method: string, filter?: string) => {
			const field = actionNode(cast.credential, { resource: 'message', operation: 'send' });
			const answer = await scene().host.rest.request(
				'POST',
				'/rest/dynamic-node-parameters/resource-locator-results',
				{
					nodeTypeAndVersion: { name: field.type, version: field.typeVersion },
					path: 'parameters.chatId',
					methodName: method,
					currentNodeParameters: field.parameters,
					credentials: field.credentials,
					...(filter !== undefined && { filter }),
				},
			);
			return (answer as { results: unknown[] }).results;
		};
		const team = { name: containing('(Group)'), value: group.id };
		const withMia = { name: `${mia.displayName} (Direct chat)`, value: direct.id };

		expect(await search('searchChats')).toEqual([team, withMia]);
		expect(await search('searchChats', 'mIA')).toEqual([withMia]);
		expect(await search('searchGroups')).toEqual([team]);
		expect(await search('searchPeople')).toEqual([
			{ name: `${mia.displayName} (Human)`, value: mia.id },
		]);
		cast.page.close();
		await scene().club.rename(mia.id, 'Maria');
		expect(await search('searchPeople', 'maria')).toMatchObject([{ value: mia.id }]);
	});
});

describe('reading messages', () => {
	it('gives what the trigger gave, the newest first counted and the oldest first told, within the times and as a transcript', async () => {
		const cast = await scene().cast();
		const { agent, mia, group, direct, credential } = cast;
		const listening = await scene().host.publish(
			chain('Trigger', [openTrigger(credential, { includeRoster: true })]),
		);
		const first = await scene().club.say(
			mia.id,
			group,
			mention(agent, 'first\nwith a second line'),
		);
		await scene().host.ended(listening, 1);
		const second = await scene().club.say(mia.id, group, { content: 'second' });
		const { url } = await scene().club.uploadAs(mia.id, 'photo.png', Buffer.from('png'));
		const third = await scene().club.say(mia.id, group, {
			contentType: 'image',
			fileUrl: url,
			fileName: '照片.png',
		});
		const many = {
			resource: 'message',
			operation: 'getMany',
			chatId: byId(group.id),
			options: {},
			filters: {},
		};
		const done = await run(cast, {
			Default: { resource: 'message', operation: 'getMany', chatId: byId(group.id) },
			Roster: {
				...many,
				options: { includeRoster: true },
				filters: { before: `={{ ${second.createdAt} }}` },
			},
			Newest: { ...many, limit: 2 },
			Between: {
				...many,
				filters: { after: `={{ ${first.createdAt} }}`, before: String(third.createdAt) },
			},
			Ages: { ...many, filters: { before: '2020-01-01T00:00:00Z' } },
			Now: {
				...many,
				filters: { before: '={{ $now.plus(1, "day") }}', after: '={{ $now.minus(1, "day") }}' },
			},
			Transcript: { ...many, options: { format: 'transcript' } },
			Direct: { ...many, chatId: byId(direct.id), options: { format: 'transcript' } },
			'No Limit': { ...many, limit: '={{ 0 }}' },
			'No Moment': { ...many, filters: { after: 'soon' } },
			'No Format': { ...many, options: { format: '={{ "prose" }}' } },
			'No Chat': { ...many, chatId: byId('={{ "" }}') },
			'Foreign Chat': { ...many, chatId: byId('dc_0123456789abcdef0123456789abcdef') },
			'Unknown Chat': { ...many, chatId: byId('nowhere') },
		});
		const ids = (name: string) => jsonOf(done(name)).map(({ messageId }) => messageId);
		const [execution] = await scene().host.ended(listening, 1);
		const { delivery, ...triggered } = outputOf(execution, 'Agent Club Trigger')[0]?.json ?? {};

		expect(delivery).toBeDefined();
		expect(jsonOf(done('Roster'))).toEqual([triggered]);
		expect(ids('Default')).toEqual([first.id, second.id, third.id]);
		expect(Object.keys(jsonOf(done('Default'))[0] ?? {})).toEqual(Object.keys(triggered));
		expect(jsonOf(done('Default'))[2]).toMatchObject({
			roster: [],
			chatInput: `${mia.displayName}: [image: 照片.png]`,
			attachments: [
				{
					fileName: '照片.png',
					kind: 'image',
					url: scene().club.url + url,
					binaryPropertyName: null,
					problem: null,
				},
			],
		});
		expect(done('Default').every(({ binary }) => binary === undefined)).toBe(true);
		expect(ids('Newest')).toEqual([second.id, third.id]);
		expect(ids('Between')).toEqual([second.id]);
		expect(done('Ages')).toEqual([]);
		expect(ids('Now')).toHaveLength(3);
		const time = expect.stringMatching(
			new RegExp(
				`^\\[[^\\]]+Z\\] ${mia.displayName}: @${agent.displayName} first\\n {4}with a second ` +
					`line\\n\\[.*second\\n\\[.*: \\[image: 照片.png\\]$`,
			),
		) as string;
		expect(jsonOf(done('Transcript'))).toEqual([
			{
				chatId: group.id,
				chatType: 'group',
				chatName: containing('Team'),
				messageCount: 3,
				transcript: time,
			},
		]);
		expect(jsonOf(done('Direct'))).toMatchObject([
			{ chatName: mia.displayName, messageCount: 0, transcript: '' },
		]);
		expect(jsonOf(done('No Limit'))).toEqual([{ error: containing('"Limit" has the value 0') }]);
		expect(jsonOf(done('No Moment'))).toEqual([
			{ error: containing('"After" has the value "soon"') },
		]);
		expect(jsonOf(done('No Format'))).toEqual([
			{
				error: containing(
					'"Format" has the value "prose", which does not exist. Use one of: items, transcript.',
				),
			},
		]);
		expect(jsonOf(done('No Chat'))).toEqual([{ error: containing('"Chat" is empty') }]);
		expect(jsonOf(done('Foreign Chat'))).toEqual([
			{ error: containing('does not take part in the chat "dc_0123') },
		]);
		expect(jsonOf(done('Unknown Chat'))).toEqual([
			{ error: containing('no chat with the ID "nowhere"') },
		]);
	});

	it('goes back to the beginning of a long history, with equal timestamps across the borders of pages', async () => {
		const cast = await scene().cast();
		const { mia, group } = cast;
		const written = await scene().club.givePast(
			group,
			mia.id,
			Array.from({ length: 450 }, (_nothing, index) => 1_700_000_000 + Math.floor(index / 30)),
		);
		const many = {
			resource: 'message',
			operation: 'getMany',
			chatId: byId(group.id),
			options: {},
			filters: {},
		};
		const done = await run(cast, {
			Default: many,
			All: { ...many, returnAll: true },
			Some: { ...many, limit: 170 },
		});

		expect(done('Default')).toHaveLength(50);
		expect(
			jsonOf(done('All'))
				.map(({ messageId }) => messageId)
				.sort(),
		).toEqual([...written].sort());
		const times = jsonOf(done('All')).map(({ timestamp }) => timestamp as number);
		expect(times).toEqual([...times].sort((a, b) => a - b));
		expect(done('Some')).toHaveLength(170);
	});

	it('names the time of which the server does not tell all messages', async () => {
		const cast = await scene().cast();
		const { mia, group } = cast;
		await scene().club.givePast(
			group,
			mia.id,
			Array.from({ length: 120 }, () => 1_700_000_000),
		);
		const many = {
			resource: 'message',
			operation: 'getMany',
			chatId: byId(group.id),
			returnAll: true,
		};
		const done = await run(cast, {
			All: many,
			Before: { ...many, filters: { before: '1700000000' } },
		});
		expect(jsonOf(done('All'))).toEqual([
			{ error: containing('messages have the same time, 1700000000 (2023-11-14T22:13:20.000Z)') },
		]);
		expect(done('Before')).toEqual([]);
	});
});

const MAKE_FILES = `
const { prepareBinaryData } = this.helpers;
const note = await prepareBinaryData(Buffer.from('note'), 'Notiz.txt', 'text/plain');
const type = 'application/octet-stream';
const program = await prepareBinaryData(Buffer.from('x'), 'run.exe', type);
return [{
	json: { words: { answer: 42 }, output: 'from an AI Agent' },
	binary: { note, program },
}];`;

describe('sending', () => {
	it('says what it is told, to whom it is told, and nothing where there is nothing to say', async () => {
		const cast = await scene().cast();
		const { agent, mia, group, direct } = cast;
		const send = {
			resource: 'message',
			operation: 'send',
			sendTo: 'chat',
			chatId: byId(group.id),
			options: {},
		};
		const done = await run(
			cast,
			{
				Person: { ...send, sendTo: 'user', userId: byId(mia.id), text: 'hello' },
				Object: { ...send, text: '={{ $json.words }}' },
				Names: {
					...send,
					text: `@${mia.displayName.toLowerCase()}, not you@${mia.displayName}.test and not @all`,
					options: { mentionIds: `${agent.id}, ${mia.id}` },
				},
				Plain: { ...send, text: `@${mia.displayName}`, options: { resolveNames: false } },
				Everybody: { ...send, text: '@all', options: { allowMentionAll: true } },
				Code: { ...send, text: `echo @${mia.displayName}`, options: { format: 'code' } },
				Silence: { ...send, text: ' NO_REPLY ', options: { attachments: 'note' } },
				'Own Silence': { ...send, text: 'PASS', options: { skipText: 'PASS' } },
				'No Silence': { ...send, text: 'NO_REPLY', options: { skipText: '' } },
				Nothing: { ...send, text: '={{ $json.missing }}' },
				'Nothing as an Error': {
					...send,
					text: '={{ $json.missing }}',
					options: { failWhenEmpty: true },
				},
				'A Name as an ID': { ...send, text: 'x', options: { mentionIds: mia.displayName } },
				'An Object as an ID': {
					...send,
					text: 'x',
					options: { mentionIds: `={{ ({ id: "${mia.id}", name: "Mia" }) }}` },
				},
				'A List of Objects': {
					...send,
					text: 'x',
					options: { mentionIds: `={{ [{ id: "${mia.id}" }] }}` },
				},
				'IDs With Signs': {
					...send,
					text: 'signs',
					options: { mentionIds: `@${mia.id}, #${agent.id}` },
				},
				Defaults: { sendTo: 'chat', chatId: byId(group.id) },
				'File Alone': { ...send, text: '', options: { attachments: 'note', mentionIds: mia.id } },
				'No Field': { ...send, text: 'x', options: { attachments: 'picture' } },
				'No Program': { ...send, text: 'x', options: { attachments: 'note, program' } },
				'Wrong Format': { ...send, text: 'x', options: { format: '={{ "html" }}' } },
				'Wrong Order': { ...send, text: 'x', options: { attachmentsOrder: '={{ "beside" }}' } },
				'Too Many': {
					...send,
					text: 'x',
					options: { mentionIds: '={{ Array.from({ length: 101 }, (_, i) => "u_" + i) }}' },
				},
				'No Person': { ...send, sendTo: 'user', userId: byId('={{ "" }}'), text: 'x' },
				'No Target': { ...send, sendTo: '={{ "everybody" }}', userId: byId(mia.id), text: 'x' },
				Stranger: { ...send, sendTo: 'user', userId: byId('u_stranger'), text: 'x' },
				Foreign: { ...send, chatId: byId('gc_0123456789abcdef0123456789abcdef'), text: 'x' },
				Untold: { ...send, sendTo: 'triggeringChat', text: 'x' },
			},
			[codeNode('Files', MAKE_FILES)],
		);
		const only = (name: string) => jsonOf(done(name))[0];

		expect(only('Person')).toEqual({
			sent: true,
			messageId: containing('msg_'),
			chatId: direct.id,
			chatType: 'direct',
			createdAt: containing('T'),
			timestamp: expect.any(Number) as number,
			text: 'hello',
			mentions: [],
			attachments: [],
			confirmedBy: 'answer',
		});
		expect(JSON.parse(only('Object')?.text as string)).toEqual({ answer: 42 });
		expect(only('Names')).toMatchObject({
			text:
				`<at user_id="${mia.id}">${mia.displayName}</at>, not you@${mia.displayName}.test and ` +
				'not @all',
			mentions: [mia.id, agent.id],
		});
		expect(only('Plain')).toMatchObject({ text: `@${mia.displayName}`, mentions: [] });
		expect(only('Everybody')).toMatchObject({ mentions: ['all'] });
		expect(only('Defaults')).toMatchObject({ sent: true, text: 'from an AI Agent' });
		for (const name of ['Silence', 'Own Silence'])
			expect(jsonOf(done(name))).toEqual([{ sent: false, reason: 'skipped' }]);
		expect(jsonOf(done('Nothing'))).toEqual([{ sent: false, reason: 'empty' }]);
		expect(only('Nothing as an Error')).toEqual({
			error: containing('The item has words in "output": write {{ $json.output }} into "Text"'),
		});
		for (const name of ['A Name as an ID', 'An Object as an ID', 'A List of Objects'])
			expect([name, only(name)]).toEqual([
				name,
				{ error: expect.stringMatching(new RegExp(`Use (?:the|its) ID: "${mia.id}"`)) as string },
			]);
		expect(only('IDs With Signs')).toMatchObject({ mentions: [mia.id, agent.id] });
		const file = only('File Alone') as { attachments: { messageId: string; url: string }[] };
		expect(file).toMatchObject({
			text: '',
			mentions: [mia.id],
			messageId: file.attachments[0]?.messageId,
			attachments: [{ fileName: 'Notiz.txt', kind: 'file', fileSize: 4 }],
		});
		expect(await (await fetch(file.attachments[0]?.url ?? '')).text()).toBe('note');
		expect(only('No Field')).toEqual({ error: containing('picture') });
		expect(only('No Program')).toEqual({ error: containing('does not accept the file "run.exe"') });
		expect(only('Wrong Format')).toEqual({ error: containing('"Format" has the value "html"') });
		expect(only('Wrong Order')).toEqual({
			error: containing('"Attachments Order" has the value "beside"'),
		});
		expect(only('Too Many')).toEqual({ error: containing('mentions 101 people') });
		expect(only('No Person')).toEqual({ error: containing('"Person" is empty') });
		expect(only('No Target')).toEqual({ error: containing('"Send To" has the value "everybody"') });
		expect(only('Stranger')).toEqual({
			error: containing('ask the person to write to the agent first'),
		});
		expect(only('Foreign')).toEqual({
			error: containing(
				'The server refused the message: You are not in this group ' +
					'(chat "gc_0123456789abcdef0123456789abcdef")',
			),
		});
		expect(only('Untold')).toEqual({ error: containing('Under "Send To", choose') });
		const stored = await scene().club.history(mia.id, group);
		expect(
			stored.map(({ content, contentType, mentions }) => [content, contentType, mentions]),
		).toEqual([
			[only('Object')?.text, 'text', []],
			[only('Names')?.text, 'text', [mia.id, agent.id]],
			[`@${mia.displayName}`, 'text', []],
			['<at user_id="all">all</at>', 'text', ['all']],
			[`echo @${mia.displayName}`, 'code', []],
			['NO_REPLY', 'text', []],
			['signs', 'text', [mia.id, agent.id]],
			['from an AI Agent', 'text', []],
			['', 'file', [mia.id]],
		]);
	});

	it('goes to the chat or the person that an expression chooses, in a published workflow too', async () => {
		const { credential, agent, mia, group, direct, page } = await scene().cast();
		const send = { resource: 'message', operation: 'send', options: {} };
		const toChat = { sendTo: '={{ "chat" }}', chatId: byId('={{ $json.chatId }}') };
		const toPerson = { sendTo: '={{ "user" }}', userId: byId('={{ $json.sender.id }}') };
		await scene().host.publish(
			sideBySide(
				'By expression',
				[openTrigger(credential)],
				[
					actionNode(credential, { ...send, ...toChat, text: 'to the chat' }, 'To Chat'),
					actionNode(credential, { ...send, ...toPerson, text: 'to the person' }, 'To Person'),
					actionNode(
						credential,
						{ ...send, ...toPerson, operation: 'sendAndWait', message: 'Well?' },
						'Ask',
					),
				],
			),
		);
		await scene().club.say(mia.id, group, mention(agent, 'go'));

		expect((await page.from(agent.id, direct.id, 2)).map(({ content }) => content)).toEqual([
			'to the person',
			containing('Well?'),
		]);
		expect((await page.from(agent.id, group.id)).map(({ content }) => content)).toEqual([
			'to the chat',
		]);
	});

	it('is in the name of the agent that the credential resolves to, and of no other', async () => {
		const { agent, group, page } = await scene().cast();
		const other = await scene().club.addAgent('other-bot', 'Other');
		const credential = await scene().host.credential({
			serverUrl: scene().club.url,
			agentToken: '={{ $json.token }}',
		});
		const send = { resource: 'message', operation: 'send', sendTo: 'chat', text: 'hello' };
		const nodes = operationNodes(credential, { Send: { ...send, chatId: byId(group.id) } });
		const from = (...tokens: string[]) =>
			runByHand(scene().host, nodes, [
				codeNode(
					'Tokens',
					`return ${JSON.stringify(tokens.map((token) => ({ json: { token } })))}`,
				),
			]);

		expect(jsonOf((await from(agent.token, other.token))('Send'))).toEqual([
			{ error: containing('The credential gives item 1 another agent or server than item 0') },
			{ error: containing('Loop Over Items') },
		]);
		expect(jsonOf((await from(agent.token, agent.token))('Send'))).toMatchObject([
			{ sent: true },
			{ sent: true },
		]);
		expect(await page.from(agent.id, group.id, 2)).toHaveLength(2);
	});

	it('sends files that were uploaded before, as often as wanted, beside those of the item', async () => {
		const cast = await scene().cast();
		const { mia, group, credential } = cast;
		const upload = actionNode(
			credential,
			{ resource: 'file', operation: 'upload', binaryPropertyName: 'note' },
			'Upload',
		);
		const again = codeNode('Again', 'return $("Files").all()');
		const send = { resource: 'message', operation: 'send', sendTo: 'chat', chatId: byId(group.id) };
		const done = await run(
			cast,
			{
				Items: {
					...send,
					text: 'items',
					options: { uploadedFiles: '={{ $("Upload").all() }}', attachments: 'note' },
				},
				One: {
					...send,
					text: 'one',
					options: { uploadedFiles: '={{ $("Upload").first().json }}', attachmentsOrder: 'before' },
				},
				Text: {
					...send,
					text: '',
					options: { uploadedFiles: '={{ JSON.stringify([$("Upload").first().json]) }}' },
				},
				Elsewhere: {
					...send,
					text: 'x',
					options: {
						uploadedFiles: '[{ "url": "http://169.254.169.254/media/x.txt", "fileName": "x.txt" }]',
					},
				},
				Broken: { ...send, text: 'x', options: { uploadedFiles: '={{ "[{" }}' } },
				Nameless: {
					...send,
					text: 'x',
					options: { uploadedFiles: '[{ "url": "/media/uploads/x.txt" }]' },
				},
			},
			[codeNode('Files', MAKE_FILES), upload, again],
		);

		expect(jsonOf(done('Items'))).toMatchObject([
			{
				text: 'items',
				attachments: [{ fileName: 'Notiz.txt' }, { fileName: 'Notiz.txt', fileSize: 4 }],
			},
		]);
		expect(jsonOf(done('Text'))).toMatchObject([
			{
				sent: true,
				text: '',
				attachments: [{ fileName: 'Notiz.txt', kind: 'file', url: containing(scene().club.url) }],
			},
		]);
		expect(jsonOf(done('Elsewhere'))).toEqual([
			{ error: containing('does not lie on the Agent Club server') },
		]);
		expect(jsonOf(done('Broken'))).toEqual([{ error: containing('"Uploaded Files" is no JSON') }]);
		expect(jsonOf(done('Nameless'))).toEqual([
			{ error: containing('an entry without "url" and "fileName"') },
		]);
		const stored = await scene().club.history(mia.id, group);
		expect(stored.map(({ content, fileName }) => content || fileName)).toEqual([
			'items',
			'Notiz.txt',
			'Notiz.txt',
			'Notiz.txt',
			'one',
			'Notiz.txt',
		]);
		const urls = stored.map(({ fileUrl }) => fileUrl).filter((url) => url !== '');
		expect(urls.every((url) => url.startsWith('/media/uploads/'))).toBe(true);
		expect(new Set(urls).size).toBe(2);
	});
});

/** A file of which n8n's storage has nothing, as after pruning or on another machine. */
const LOSE_A_FILE = `
const id = 'filesystem-v2:workflows/1/executions/1/binary_data/00000000-0000-4000-8000-000000000000';
const lost = { id, data: 'filesystem-v2', fileName: 'Lost.txt', mimeType: 'text/plain' };
return $input.all().map(({ json, binary }) => ({ json, binary: { ...binary, lost } }));`;

describe('marking, typing and files', () => {
	it('do what they say, and say what is wrong', async () => {
		const cast = await scene().cast();
		const { mia, group, page } = cast;
		const said = await scene().club.say(mia.id, group, { content: 'read me' });
		const next = await scene().club.say(mia.id, group, { content: 'me too' });
		const mark = { resource: 'message', operation: 'markAsRead' };
		const { url } = await scene().club.uploadAs(mia.id, 'report.pdf', Buffer.from('%PDF'));
		const typing = {
			resource: 'message',
			operation: 'sendTyping',
			sendTo: 'chat',
			chatId: byId(group.id),
		};
		const download = {
			resource: 'file',
			operation: 'download',
			binaryPropertyName: 'doc',
			options: {},
		};
		const done = await run(
			cast,
			{
				Mark: { ...mark, messageId: said.id },
				'Mark Both': { ...mark, messageId: `={{ ["${said.id}", "${next.id}"] }}` },
				'No Mark': { ...mark, messageId: '={{ "" }}' },
				'Mark a Number': { ...mark, messageId: '={{ 7 }}' },
				'Mark an Object': { ...mark, messageId: '={{ $json.words }}' },
				'Mark a Chat': { ...mark, messageId: group.id },
				'Mark a Chat Too': { ...mark, messageId: `={{ ["${said.id}", "${group.id}"] }}` },
				Typing: typing,
				'No Typing': { ...typing, seconds: '={{ 301 }}' },
				'Foreign Typing': { ...typing, chatId: byId('gc_0123456789abcdef0123456789abcdef') },
				'Typing by Expression': { ...typing, sendTo: '={{ "chat" }}' },
				Upload: { resource: 'file', operation: 'upload', binaryPropertyName: 'note' },
				'No Upload': { resource: 'file', operation: 'upload', binaryPropertyName: 'program' },
				'Lost Upload': { resource: 'file', operation: 'upload', binaryPropertyName: 'lost' },
				Down: { ...download, url, options: { fileName: 'renamed.pdf' } },
				Elsewhere: { ...download, url: 'http://169.254.169.254/media/x.pdf' },
				Gone: { ...download, url: '/media/uploads/gone.pdf' },
			},
			[codeNode('Files', MAKE_FILES), codeNode('Lose', LOSE_A_FILE)],
		);
		const only = (name: string) => jsonOf(done(name))[0];

		expect(only('Mark')).toEqual({ marked: true });
		expect(only('Mark Both')).toEqual({ marked: true });
		for (const [name, problem] of [
			['No Mark', 'is empty'],
			['Mark a Number', 'is no ID of a message: 7'],
			['Mark an Object', 'has an object where an ID belongs'],
			['Mark a Chat', `is the ID of a chat: ${group.id}`],
			['Mark a Chat Too', `is the ID of a chat: ${group.id}`],
		] as const)
			expect(only(name)).toEqual({ error: containing(`"Message ID" ${problem}`) });
		expect(done('Typing')).toMatchObject([
			{ json: { words: { answer: 42 }, output: 'from an AI Agent' } },
		]);
		expect(Object.keys(done('Typing')[0]?.binary ?? {})).toEqual(['note', 'program', 'lost']);
		expect(only('No Typing')).toEqual({ error: containing('"Seconds" has the value 301') });
		expect(only('Foreign Typing')).toEqual({
			error: containing('does not take part in the chat "gc_0123456789abcdef0123456789abcdef"'),
		});
		expect(only('Typing by Expression')).toMatchObject({ output: 'from an AI Agent' });
		expect(only('Upload')).toEqual({
			url: containing(`${scene().club.url}/media/uploads/`),
			fileName: 'Notiz.txt',
			kind: 'file',
			fileSize: 4,
		});
		expect(only('No Upload')).toEqual({ error: containing('does not accept the file "run.exe"') });
		expect(only('Lost Upload')).toEqual({
			error: containing('The file "Lost.txt" in the field "lost" cannot be read'),
		});
		expect(only('Down')).toEqual({
			fileName: 'renamed.pdf',
			kind: 'file',
			mimeType: 'application/pdf',
			fileSize: 4,
			problem: null,
		});
		expect((await scene().host.binary(done('Down')[0], 'doc')).toString()).toBe('%PDF');
		expect(only('Elsewhere')).toEqual({
			error: containing(
				'The file "x.pdf" was not downloaded: The file does not lie on the Agent Club server',
			),
		});
		expect(only('Gone')).toEqual({
			error: containing(
				'The file "gone.pdf" was not downloaded: The server no longer has this file',
			),
		});
		const seen = page.typing.length;
		await page.until(() => page.typing.length > seen, 'the agent still typing after the execution');
	});
});

it("sends nothing a second time with n8n's Retry On Fail, and the rest once it can", async () => {
	const { agent, credential, mia, group, page } = await scene().cast();
	const closed = await scene().club.addGroup('Closed', [mia.id]);
	const open = await scene().club.addGroup('Open', [mia.id, agent.id]);
	const chats = [group, closed, open].map(({ id }) => id);
	const items = codeNode(
		'Items',
		`const file = (name) => this.helpers.prepareBinaryData(Buffer.from(name), name, 'text/plain');
		const binary = { one: await file('one.txt'), two: await file('two.txt') };
		return ${JSON.stringify(chats)}.map((chat, index) => ({ json: { chat, index }, binary }));`,
	);
	const send: NodeJson = {
		...actionNode(credential, {
			resource: 'message',
			operation: 'send',
			sendTo: 'chat',
			chatId: byId('={{ $json.chat }}'),
			text: '={{ "hello " + $json.index }}',
			options: { attachments: '={{ $json.index === 0 ? "one, two" : "" }}' },
		}),
		retryOnFail: true,
		maxTries: 5,
		waitBetweenTries: 5000,
	};
	const { id } = await scene().host.rest.createWorkflow(
		chain('Again', [node('Start', 'n8n-nodes-base.manualTrigger'), items, send]),
	);
	await scene().host.rest.runManually(id, 'Start');
	await page.from(agent.id, group.id, 3);
	await scene().club.addMember(closed.id, agent.id);
	const [execution] = await scene().host.ended(id, 1);
	const inChat = async (chat: typeof group) =>
		(await scene().club.history(mia.id, chat))
			.filter(({ senderId }) => senderId === agent.id)
			.map(({ content, fileName }) => content || fileName);

	expect(execution?.status).toBe('success');
	expect(await inChat(group)).toEqual(['hello 0', 'one.txt', 'two.txt']);
	expect(await inChat(closed)).toEqual(['hello 1']);
	expect(await inChat(open)).toEqual(['hello 2']);
	expect(outputOf(execution, 'Agent Club').map(({ json: { sent } }) => sent)).toEqual([
		true,
		true,
		true,
	]);
});

it('fails with the index of the item, and pairs every output with its item, where it is not told to go on', async () => {
	const cast = await scene().cast();
	const { group, credential } = cast;
	const items = codeNode(
		'Items',
		`return [{ json: { chat: '${group.id}' } }, { json: { chat: '' } }]`,
	);
	const operation = actionNode(
		credential,
		{
			resource: 'message',
			operation: 'getMany',
			chatId: byId('={{ $json.chat }}'),
			options: {},
			filters: {},
		},
		'Operation',
	);
	const { id } = await scene().host.rest.createWorkflow(
		chain('Failing', [node('Start', 'n8n-nodes-base.manualTrigger'), items, operation]),
	);
	await scene().host.rest.runManually(id, 'Start');
	const [execution] = await scene().host.ended(id, 1);
	const error = execution?.data.resultData.error;

	expect(execution?.status).toBe('error');
	expect(error).toMatchObject({
		message: '"Chat" is empty',
		description: containing('Choose one from the list'),
		context: { itemIndex: 1 },
	});
	await scene().club.givePast(group, cast.mia.id, [1_700_000_000, 1_700_000_001]);
	const paired = await run(
		cast,
		{
			Many: {
				resource: 'message',
				operation: 'getMany',
				chatId: byId('={{ $json.chat }}'),
				options: {},
				filters: {},
			},
		},
		[items],
	);
	expect(
		paired('Many').map((item) => (item as ItemJson & { pairedItem?: unknown }).pairedItem),
	).toEqual([{ item: 0 }, { item: 0 }, { item: 1 }]);
});
