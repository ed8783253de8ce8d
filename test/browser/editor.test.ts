import type { ChatAddress, ClubAgent, ClubUser } from '../../playground/club/club';
import { freePort } from '../../playground/host/free-port';
import { mention, Scene, START_WITHIN } from '../e2e/scene';
import type { Watcher } from '../support/watcher';
import { picture, TestBrowser } from './chromium';
import { Editor, type Panel } from './editor';

/**
 * A newcomer's way through the editor, from the empty canvas to an agent that answers. Each test
 * begins where the one before it has ended.
 */

const TRIGGER = 'Agent Club Trigger';
const ACTION = 'Send a message';

let scene: Scene;
let browser: TestBrowser;
let editor: Editor;
let helper: ClubAgent;
let mia: ClubUser;
let group: ChatAddress;
let direct: ChatAddress;
/** Mia's open page of the real server. */
let chatPage: Watcher;
let lostAt: string | undefined;

beforeAll(async () => {
	scene = await Scene.start();
	const { club, host } = scene;
	helper = await club.addAgent('helper', 'Helper');
	mia = await club.addHuman('mia', 'Mia');
	const tom = await club.addHuman('tom', 'Tom');
	group = await club.addGroup('Launch team', [mia.id, tom.id, helper.id]);
	direct = await club.openDirect(mia.id, helper.id);
	chatPage = await club.watch(mia.id);
	browser = await TestBrowser.open();
	editor = await Editor.signIn(await browser.page(host.n8n.address), host.n8n.address);
}, START_WITHIN);

afterAll(async () => {
	await browser.close();
	chatPage.close();
	await scene.stop();
}, 60_000);

/** A step of the way: none is tried behind one that has failed. */
const tell = (name: string, step: () => Promise<void>) => {
	it(name, async () => {
		if (lostAt !== undefined) throw new Error(`Not tried, for the way ended at: ${lostAt}`);
		lostAt = name;
		await browser.watched(step);
		lostAt = undefined;
	});
};

async function openDetails(panel: Panel): Promise<void> {
	await (await panel.find('agent club', 'Agent Club')).click();
	await panel.unfold('Actions');
}

describe('somebody who has never seen these nodes', () => {
	tell('finds them in the panel by their name, and by what they are for', async () => {
		await editor.newWorkflow();
		const panel = await editor.openPanel();
		for (const words of ['im', 'chat', 'mention', 'agent', 'bot', 'talk'])
			await panel.find(words, 'Agent Club');

		await openDetails(panel);
		for (const entry of [
			'On new Agent Club event',
			'Send a message',
			'Get many messages of a chat',
			'Get many chats of the agent',
			'Upload a file',
		])
			await panel.shows(entry);
		await picture(panel.root, 'node-panel', async () => {
			await editor.newWorkflow();
			await openDetails(await editor.openPanel());
		});
		await panel.choose('On new Agent Club event');
		await editor.node.shown();
	});

	tell('makes a credential, is told what is wrong with it, and mends it', async () => {
		const { url } = scene.club;
		await editor.node.connect('Agent Club');
		const { credential } = editor;
		await credential.shown();
		await credential.fill({
			serverUrl: `http://127.0.0.1:${await freePort()}`,
			agentToken: helper.token,
		});
		expect(await credential.save()).toMatch(
			/cannot be reached \(ECONNREFUSED\)\. Check the server URL/,
		);

		await credential.fill({ serverUrl: scene.host.n8n.address });
		expect(await credential.save()).toContain(
			`${new URL(scene.host.n8n.address).host} does not answer like Agent Club`,
		);

		await credential.fill({ serverUrl: url, agentToken: 'sk_agt_of-another-server' });
		expect(await credential.save()).toMatch(
			/ refuses the agent token: Invalid token\. Copy the token again/,
		);
		await picture(credential.root, 'credential-refused');

		await credential.fill({ agentToken: helper.token });
		expect(await credential.save()).toBe('Connected as Helper');
		await credential.hidden();
		await editor.node.editCredential();
		expect(await credential.success()).toContain('Connection tested successfully');
		await picture(credential.root, 'credential');
		await credential.close();
	});

	tell('chooses who may start the workflow, from the people who are there', async () => {
		const { node } = editor;
		// n8n had asked for the list with the first, wrong address.
		await node.refresh('allowFrom');
		expect(await node.choices('allowFrom')).toEqual([
			'Anyone\nEverybody who can write to the agent',
			'Mia\nHuman',
			'Tom\nHuman',
		]);
		await editor.page.keyboard.press('Escape');
		await node.choose('allowFrom', 'Anyone');
		await node.choose('allowFromKind', 'Humans');

		await node.help('The agent does not answer by itself yet.');
		await picture(node.root, 'trigger');
	});

	tell('executes the step, writes to the agent, and sees the message', async () => {
		const { club, host } = scene;
		await editor.node.execute();
		await host.logged('Waiting for one live message that passes the filters');
		await club.say(mia.id, group, { content: 'Nobody is meant by this' });
		await club.say(mia.id, group, mention(helper, 'when do we launch?'));

		const item = await editor.node.result('when do we launch?');

		expect(item).toContain('Launch team');
		expect(item).not.toContain('Nobody is meant by this');
		await picture(editor.node.root, 'execute-step');
		await editor.node.close();
	});

	tell('adds an action, picks a chat from the list, and sends to it', async () => {
		const panel = await editor.openPanelBehind(TRIGGER);
		await (await panel.find('agent club', 'Agent Club')).click();
		await panel.choose('Send a message');
		const { node } = editor;
		await node.shown();
		await node.execute();
		await node.result('Nothing was sent. "Text" is empty');
		await node.write('text', 'You asked: {{ $json.plainText }}');
		await node.choose('sendTo', 'A Chat');
		await node.offers('chatId', '', ['Launch team (Group)', 'Mia (Direct chat)']);
		await node.offers('chatId', 'launch', ['Launch team (Group)']);
		await node.pick('Launch team');

		await node.execute();

		await node.result('confirmedBy');
		const [answer] = await chatPage.from(helper.id, group.id);
		expect(answer).toMatchObject({ content: 'You asked: when do we launch?' });
		await node.offers('chatId', '', ['Launch team (Group)', 'Mia (Direct chat)']);
		await picture(node.root, 'action');
		await node.pick('Launch team');
		await node.choose('sendTo', 'The Chat That Started the Workflow');
		await node.close();
	});

	tell('publishes the workflow, writes again, and finds the answer and the execution', async () => {
		expect(await editor.publish()).toContain('runs for each message to the agent in Agent Club');
		await scene.club.say(mia.id, direct, { content: 'Are you there?' });

		const [answer] = await chatPage.from(helper.id, direct.id);
		expect(answer).toMatchObject({ content: 'You asked: Are you there?' });
		const executions = await editor.executions();
		// Three steps by hand, this message, and the one in the group: a test spares it where something
		// older is unread.
		await executions.nth(4).waitFor();
		expect(await executions.count()).toBe(5);
		await editor.page
			.getByTestId('execution-preview-host')
			.locator('[data-test-id="canvas-node"]')
			.last()
			.waitFor();
		await picture(editor.everything, 'executions');
	});

	tell('sees at the node what it does', async () => {
		await editor.page.getByTestId('radio-button-workflow').click();

		expect(await editor.nodeOnCanvas(TRIGGER).innerText()).toContain('mentions and direct chats');
		expect(await editor.nodeOnCanvas(ACTION).innerText()).toContain('send: message');
	});

	tell(
		'finds the action among the tools of an AI Agent, and reads what suits a model',
		async () => {
			const { node } = editor;
			await editor.newWorkflow();
			await (await (await editor.openPanel()).find('AI Agent', 'AI Agent')).click();
			await node.shown();
			await node.close();

			const panel = await editor.openPanelForTools('AI Agent');
			await (await panel.find('agent club', 'Agent Club Tool')).click();
			await node.shown();
			await node.choose('operation', 'Get Many');
			await node.root.getByText('Below an AI Agent, set Format to Transcript').waitFor();
		},
	);
});
