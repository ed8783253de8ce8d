import { EventEmitter, once } from 'node:events';
import { type Demo, seedDemo } from '../../playground/club/demo';
import { PlaygroundClub } from '../../playground/club/playground-club';
import { demoWorkflow } from '../../playground/host/demo-instance';
import { START_WITHIN } from '../e2e/scene';
import { N8nFixture } from '../support/n8n-fixture';
import { picture, TestBrowser } from './chromium';

/**
 * The chat page that `npm start` offers, with the demo's workflow in a real n8n at the other end.
 */

let club: PlaygroundClub;
let host: N8nFixture;
let browser: TestBrowser;
let demo: Demo;

beforeAll(async () => {
	club = await PlaygroundClub.start();
	demo = await seedDemo(club);
	host = await N8nFixture.start();
	await host.publish(
		demoWorkflow(await host.credential({ serverUrl: club.url, agentToken: demo.agent.token })),
	);
	browser = await TestBrowser.open();
}, START_WITHIN);

afterAll(async () => {
	await browser.close();
	await host.stop();
	await club.stop();
}, 60_000);

describe('the chat page of the playground', () => {
	it('lets a person mention the agent from the menu, and shows the answer', () =>
		browser.watched(async () => {
			const page = await browser.page(club.url);
			await page.getByRole('button', { name: 'Log in as Mia' }).click();
			await page
				.getByRole('navigation', { name: 'Chats' })
				.getByRole('button', { name: 'Playground' })
				.click();
			await club.say(demo.humans[1]?.id ?? '', demo.group, {
				content: 'Lunch at half past twelve?',
			});
			const messages = page.getByRole('log');
			await messages.getByText('Lunch at half past twelve?').waitFor();

			const text = page.getByRole('textbox', { name: 'Message' });
			await text.pressSequentially('@ec');
			await page.getByRole('option', { name: 'Echo' }).click();
			await text.pressSequentially('remind us at twelve');
			await page.getByRole('button', { name: 'Send', exact: true }).click();

			const answer = messages
				.getByRole('listitem')
				.filter({ has: page.locator('.heading').getByText('Echo', { exact: true }) });
			await answer.getByText('@Mia').waitFor();
			expect(await answer.innerText()).toContain('remind us at twelve');
			await page.getByText('Echo is typing').waitFor({ state: 'hidden' });
			await picture(page.locator('body'), 'playground');
		}));

	it('keeps a message that comes while the history is on its way', () =>
		browser.watched(async () => {
			const page = await browser.page('about:blank');
			const asked = new EventEmitter();
			const arrived = once(asked, 'arrived');
			await page.route('**/api/playground/messages/**', async (route) => {
				const response = await route.fetch();
				asked.emit('history');
				await arrived;
				await route.fulfill({ response });
			});
			const history = once(asked, 'history');
			await page.goto(club.url);
			await history;
			await club.say(demo.humans[1]?.id ?? '', demo.group, { content: 'Is anybody coming?' });
			const messages = page.getByRole('log');
			await messages.getByText('Is anybody coming?').waitFor();
			asked.emit('arrived');

			await messages.getByText('Lunch at half past twelve?').waitFor();
			expect(await messages.getByRole('listitem').last().innerText()).toContain(
				'Is anybody coming?',
			);
		}));
});
