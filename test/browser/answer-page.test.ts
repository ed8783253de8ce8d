import type { Page } from 'playwright-core';
import type { ClubAgent, ClubUser, StoredMessage } from '../../playground/club/club';
import { PlaygroundClub } from '../../playground/club/playground-club';
import { outputOf } from '../../playground/host/n8n-types';
import { actionNode, chain } from '../../playground/host/workflow-json';
import { openTrigger, replyNode, START_WITHIN } from '../e2e/scene';
import { eventually } from '../support/eventually';
import { N8nFixture } from '../support/n8n-fixture';
import { picture, TestBrowser } from './chromium';

/**
 * The page that the links of a question lead to, and the question in the chat, as a person sees
 * them.
 */

/** n8n's public address, as people's links have it; the tests know where it really is. */
const PUBLIC = 'http://n8n.example.test';

const QUESTION = 'May I send this invoice to Tom?\n\nInvoice 2041, 12 pens, 62.50 €';

let club: PlaygroundClub;
let host: N8nFixture;
let browser: TestBrowser;
let mia: ClubUser;
let tom: ClubUser;
let agents = 0;

beforeAll(async () => {
	club = await PlaygroundClub.start();
	mia = await club.addHuman('mia', 'Mia');
	tom = await club.addHuman('tom', 'Tom');
	host = await N8nFixture.start({ WEBHOOK_URL: `${PUBLIC}/` });
	browser = await TestBrowser.open();
}, START_WITHIN);

afterAll(async () => {
	await browser.close();
	await host.stop();
	await club.stop();
}, 60_000);

interface OpenQuestion {
	/** What its links lead to, on this machine. */
	readonly approve: string;
	readonly decline: string;
	readonly workflow: string;
	/** The agent's messages so far. */
	said(): Promise<StoredMessage[]>;
}

/** Publishes a workflow that asks in a chat and tells what came of it. */
async function publishAsking(
	agent: ClubAgent,
	parameters: Record<string, unknown>,
	result: string,
): Promise<string> {
	const credential = await host.credential({ serverUrl: club.url, agentToken: agent.token });
	const ask = actionNode(
		credential,
		{ operation: 'sendAndWait', message: QUESTION, ...parameters },
		'Ask',
	);
	return host.publish(
		chain('Asking', [openTrigger(credential), ask, replyNode(credential, result)]),
	);
}

/** An agent of its own asks Tom in a direct chat, and the execution waits. */
async function asked(parameters: Record<string, unknown> = {}): Promise<OpenQuestion> {
	agents += 1;
	const agent = await club.addAgent(`clerk-${agents}`, 'Clerk');
	const direct = await club.openDirect(tom.id, agent.id);
	const workflow = await publishAsking(agent, parameters, 'Thanks.');
	const said = async () =>
		(await club.history(tom.id, direct)).filter(({ senderId }) => senderId === agent.id);
	await club.say(tom.id, direct, { content: 'go' });
	await host.inState(workflow, 'waiting');
	const [question] = await said();
	const links = [...(question?.content ?? '').matchAll(/\]\((http:\/\/n8n\.example[^)]*)\)/g)];
	const [approve = '', decline = ''] = links.map(([, link = '']) =>
		link.replace(PUBLIC, () => host.n8n.address),
	);
	return { approve, decline, workflow, said };
}

/** Opens a page, and collects what goes wrong on it. */
async function opened(
	page: Page,
	address: string,
): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> {
	const complaints: string[] = [];
	page.on('console', (message) => {
		if (message.type() === 'error') complaints.push(message.text());
	});
	page.on('pageerror', ({ message }) => complaints.push(message));
	await page.goto(address);
	return { page, complaints };
}

const atDesk = async (address: string) => opened(await browser.page(), address);
const onPhone = async (address: string) => opened(await browser.phonePage(), address);

/** What the node has put out, once the execution has ended. */
async function resultOf({ workflow }: OpenQuestion): Promise<unknown> {
	const [execution] = await host.ended(workflow, 1);
	return outputOf(execution, 'Ask')[0]?.json;
}

const stillWaits = ({ workflow }: OpenQuestion) => host.inState(workflow, 'waiting');

/** For the page: WCAG's contrast ratios of its words to what is behind them. */
const CONTRASTS = `[...document.querySelectorAll('h1, .question, button, a')].map((element) => {
	const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
	const light = (...layers) => {
		context.clearRect(0, 0, 1, 1);
		for (const layer of layers) {
			context.fillStyle = layer;
			context.fillRect(0, 0, 1, 1);
		}
		const [red, green, blue] = [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)].map((value) =>
			value <= 10 ? value / 3294 : ((value / 255 + 0.055) / 1.055) ** 2.4);
		return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
	};
	const { color, backgroundColor } = getComputedStyle(element);
	const canvas = matchMedia('(prefers-color-scheme: dark)').matches ? '#121212' : '#fff';
	const [dark, bright] = [light(canvas, backgroundColor), light(canvas, backgroundColor, color)]
		.sort((a, b) => a - b);
	return (bright + 0.05) / (dark + 0.05);
})`;

const isTooWide = (page: Page) =>
	page.evaluate<boolean>('document.documentElement.scrollWidth > window.innerWidth');

describe('the page of a question', () => {
	it('asks on a phone with two large buttons, in light and in dark, without a complaint', () =>
		browser.watched(async () => {
			const question = await asked();
			const { page, complaints } = await onPhone(question.approve);

			expect(await page.title()).toBe('Clerk asks');
			expect(await page.locator('html').getAttribute('lang')).toBe('en');
			expect(await page.getByRole('heading').allInnerTexts()).toEqual(['Clerk asks']);
			expect(await page.locator('.question').innerText()).toBe(QUESTION);
			expect(await page.getByRole('button').allInnerTexts()).toEqual(['Approve', 'Decline']);
			expect(await isTooWide(page)).toBe(false);
			for (const part of [...(await page.getByRole('button').all()), page.getByRole('link')]) {
				const { height, width } = (await part.boundingBox()) ?? { height: 0, width: 0 };
				expect(Math.min(height, width)).toBeGreaterThanOrEqual(44);
			}
			for (const colorScheme of ['dark', 'light'] as const) {
				await page.emulateMedia({ colorScheme });
				expect(Math.min(...(await page.evaluate<number[]>(CONTRASTS)))).toBeGreaterThan(4.5);
			}
			expect(complaints).toEqual([]);
			await picture(page.locator('html'), 'answer-page');
		}));

	it('keeps its buttons in sight and fits the screen, whatever the length of text and labels', () =>
		browser.watched(async () => {
			const label = 'Yes,'.repeat(40);
			const question = await asked({
				message: `${'x'.repeat(500)}\n${'and one more line\n'.repeat(200)}`,
				approvalOptions: { values: { approveLabel: label, disapproveLabel: 'No' } },
			});
			const { page } = await onPhone(question.approve);

			expect(await isTooWide(page)).toBe(false);
			const height = page.viewportSize()?.height ?? 0;
			for (const button of await page.getByRole('button').all()) {
				const box = await button.boundingBox();
				expect((box?.y ?? height) + (box?.height ?? 0)).toBeLessThanOrEqual(height);
			}
			await page.getByRole('button').first().click();
			await page.getByRole('heading', { name: 'You chose' }).waitFor();
			expect(await isTooWide(page)).toBe(false);
		}));

	it('shows a hostile question as plain text, out of which nothing breaks', () =>
		browser.watched(async () => {
			const message = [
				'</p><script>window.hacked = 1</script><img src=x onerror="window.hacked = 1">',
				'</main><form method="post"><button name="decision" value="approve">Read on</button></form>',
				'"><a href="javascript:window.hacked=1">here</a> [or here](https://evil.example)',
				'<style>.question { display: none }</style><base href="https://evil.example/">',
				'&lt;script&gt; stays as it is',
			].join('\n');
			const hostile = '"><script>window.hacked=1</script>';
			const question = await asked({
				message,
				approvalOptions: { values: { approveLabel: hostile, disapproveLabel: 'No & no' } },
			});
			const { page, complaints } = await atDesk(question.approve);

			expect(await page.locator('.question').innerText()).toBe(message);
			expect(await page.locator('.question *').count()).toBe(0);
			expect(await page.getByRole('button').allInnerTexts()).toEqual([hostile, 'No & no']);
			expect(await page.locator('a, img, base, form').count()).toBe(2);
			await page.getByRole('button', { name: 'No & no' }).click();
			await page.getByRole('heading', { name: 'You chose: No & no' }).waitFor();
			expect(await page.evaluate('window.hacked')).toBeUndefined();
			expect(complaints).toEqual([]);
		}));

	it('runs and loads nothing that somebody has put into it', () =>
		browser.watched(async () => {
			const { approve } = await asked();
			const { page } = await atDesk(approve);
			const blocked = await page.evaluate<string[]>(`new Promise((resolve) => {
				const blocked = [];
				document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
					blocked.push(effectiveDirective);
					if (blocked.length === 4) resolve(blocked.sort());
				});
				const script = document.createElement('script');
				script.textContent = 'window.hacked = 1';
				const style = document.createElement('style');
				style.textContent = 'body { display: none }';
				document.body.append(script, style);
				document.body.insertAdjacentHTML('beforeend',
					'<img src="/image.png"><button onclick="window.hacked = 1">x</button>');
				document.body.lastElementChild.click();
			})`);

			expect(blocked).toEqual(['img-src', 'script-src-attr', 'script-src-elem', 'style-src-elem']);
			expect(await page.evaluate('window.hacked')).toBeUndefined();
		}));

	it('decides by its button only, says what happened, leads back, and is used up then', () =>
		browser.watched(async () => {
			const question = await asked();
			const { approve, decline } = question;
			await fetch(approve, { method: 'HEAD' });
			await fetch(approve, { headers: { 'Sec-Purpose': 'prefetch;prerender' } });
			await fetch(approve, { headers: { 'User-Agent': 'Slackbot-LinkExpanding 1.0' } });
			await fetch(approve, { method: 'POST' });
			const { page, complaints } = await onPhone(approve);
			await page.reload();
			await stillWaits(question);
			expect(await question.said()).toHaveLength(1);

			await page.getByRole('button', { name: 'Approve' }).tap();

			await page.getByRole('heading', { name: 'You chose: Approve' }).waitFor();
			expect(await page.locator('main').innerText()).toContain('The workflow goes on.');
			expect(await resultOf(question)).toMatchObject({ data: { approved: true, via: 'link' } });
			expect((await question.said()).map(({ content }) => content)).toContainEqual(
				expect.stringContaining('Approved by link'),
			);
			await page.getByRole('link', { name: 'Back to the chat' }).tap();
			await page.getByRole('button', { name: 'Log in as Mia' }).waitFor();
			expect(complaints).toEqual([]);

			await page.goto(decline);
			await page.getByRole('heading', { name: 'No action required' }).waitFor();
			expect(await page.getByRole('button').count()).toBe(0);
			expect(await host.executions(question.workflow)).toHaveLength(1);
		}));

	it('takes a button that is pressed twice as pressed once', () =>
		browser.watched(async () => {
			const question = await asked();
			const { page } = await atDesk(question.approve);
			let posts = 0;
			page.on('request', (request) => {
				if (request.method() === 'POST') posts += 1;
			});

			await page.getByRole('button', { name: 'Approve' }).dblclick();

			await page.getByRole('heading', { name: 'You chose: Approve' }).waitFor();
			expect(posts).toBe(1);
		}));

	it('can be used with the keyboard, where no key decides before a button has been reached', () =>
		browser.watched(async () => {
			const question = await asked();
			const { page } = await atDesk(question.decline);
			await page.keyboard.press('Space');
			await page.keyboard.press('Enter');
			await stillWaits(question);
			const focused = () => page.evaluate<string>('document.activeElement.innerText');

			await page.keyboard.press('Tab');
			expect(await focused()).toBe('Approve');
			await page.keyboard.press('Tab');
			expect(await focused()).toBe('Decline');
			await page.keyboard.press('Enter');

			await page.getByRole('heading', { name: 'You chose: Decline' }).waitFor();
			expect(await resultOf(question)).toMatchObject({ data: { approved: false } });
		}));

	it('takes words in any script, and says when another answer was faster', () =>
		browser.watched(async () => {
			const question = await asked({ responseType: 'freeText', message: 'ماذا أكتب إلى توم؟' });
			const { page, complaints } = await onPhone(question.approve);
			const { page: late } = await onPhone(question.approve);
			const direction = "getComputedStyle(document.querySelector('.question')).direction";
			expect(await page.evaluate(direction)).toBe('rtl');
			await page.getByRole('button', { name: 'Send answer' }).tap();
			await stillWaits(question);

			const words = 'Bis morgen, <b>Tom</b> & 再见 👋';
			await page.getByRole('textbox', { name: 'Your answer' }).fill(words);
			await page.getByRole('button', { name: 'Send answer' }).tap();

			await page.getByRole('heading', { name: 'Answer sent' }).waitFor();
			expect(await resultOf(question)).toMatchObject({ chatInput: words });
			expect(complaints).toEqual([]);
			await late.getByRole('textbox', { name: 'Your answer' }).fill('too late');
			await late.getByRole('button', { name: 'Send answer' }).tap();
			await late.getByRole('heading', { name: 'No action required' }).waitFor();
		}));
});

describe('a question on the chat page of the playground', () => {
	it('is answered with a word, and shows nothing of the note that it bears', () =>
		browser.watched(async () => {
			const agent = await club.addAgent('clerk', 'Clerk');
			await club.addGroup('Office', [mia.id, tom.id, agent.id]);
			const workflow = await publishAsking(
				agent,
				{ message: 'May I send this invoice to **Tom**?\n\nInvoice 2041, 12 pens, `62.50 €`' },
				'={{ $json.data.approved ? "Done: invoice 2041 is on its way to Tom." : "All right, I leave it." }}',
			);
			const { page } = await atDesk(club.url);
			await page.getByRole('button', { name: 'Log in as Mia' }).click();
			await page
				.getByRole('navigation', { name: 'Chats' })
				.getByRole('button', { name: 'Office' })
				.click();
			const write = page.getByRole('textbox', { name: 'Message' });
			await write.pressSequentially('@cl');
			await page.getByRole('option', { name: 'Clerk' }).click();
			await write.pressSequentially('please bill the pens');
			await page.getByRole('button', { name: 'Send', exact: true }).click();
			const messages = page.getByRole('log');
			await messages.getByText('Reply yes or no').waitFor();
			await host.inState(workflow, 'waiting');
			expect(await messages.getByRole('link').allInnerTexts()).toEqual(['Approve', 'Decline']);

			await write.fill('yes');
			await page.getByRole('button', { name: 'Send', exact: true }).click();

			await messages.getByText('Approved by Mia').waitFor();
			await messages.getByText('is on its way to Tom').waitFor();
			const shown = await messages.innerText();
			expect(shown).not.toContain('agentclub');
			expect(shown).not.toMatch(/[*`>[\]]/);
			await eventually('an end of the typing sign', async () =>
				(await page.getByText('Clerk is typing').isVisible()) ? undefined : true,
			);
			await picture(page.locator('body'), 'question');
		}));
});
