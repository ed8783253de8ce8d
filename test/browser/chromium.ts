import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
	type Browser,
	type BrowserContext,
	chromium,
	type Locator,
	type Page,
	selectors,
} from 'playwright-core';
import { Unavailable } from '../support/unavailable';

/**
 * ms for anything on a page to appear; on a busy machine n8n's editor took 10 s for its first page.
 */
const PATIENCE = 60_000;

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** What a browser in a test must not do by itself: look for updates and ask hosts elsewhere. */
const QUIET = ['--disable-gpu', '--disable-quic', '--disable-sync', '--no-first-run'];

const ROOT = join(__dirname, '../..');

/**
 * Where to put the pictures for the docs; elsewhere they are only taken, to be looked at after a
 * failure.
 */
const { AGENTCLUB_PICTURES: PICTURES } = process.env;

/** This machine's own Chromium with one empty profile; it reaches nothing but this machine. */
export class TestBrowser {
	private constructor(
		private readonly browser: Browser,
		private readonly context: BrowserContext,
	) {}

	/** @throws Unavailable where there is no Chromium */
	static async open(): Promise<TestBrowser> {
		selectors.setTestIdAttribute('data-test-id');
		const browser = await chromium.launch({ executablePath: chromiumHere(), args: QUIET });
		const context = await browser.newContext({
			viewport: { width: 1400, height: 860 },
			locale: 'en-US',
			timezoneId: 'UTC',
			colorScheme: 'light',
		});
		context.setDefaultTimeout(PATIENCE);
		await context.route(
			({ hostname }) => hostname !== '127.0.0.1',
			(route) => route.abort(),
		);
		return new TestBrowser(browser, context);
	}

	async page(address: string): Promise<Page> {
		const page = await this.context.newPage();
		await page.goto(address);
		return page;
	}

	/** Runs a step, and leaves a picture of each page where it fails. */
	async watched(step: () => Promise<void>): Promise<void> {
		try {
			await step();
		} catch (error) {
			const folder = await pictureFolder();
			for (const [index, page] of this.context.pages().entries())
				await page.screenshot({ path: join(folder, `failure-${index}.png`) });
			throw error;
		}
	}

	async close(): Promise<void> {
		await this.browser.close();
	}
}

function chromiumHere(): string {
	const found = PLACES.find((place) => existsSync(place));
	if (found !== undefined) return found;
	throw new Unavailable(
		'The browser tests need Chromium, and there is none in /usr/bin.',
		'Install it (on Debian and Ubuntu: apt-get install chromium).',
	);
}

/**
 * Takes a picture of a part of a page, in dark and in light.
 *
 * @param part found anew for each of them
 * @param arrange brings it into view anew for each of them, where it does not follow a change of
 * colours
 */
export async function picture(
	part: Locator,
	name: string,
	arrange?: () => Promise<void>,
): Promise<void> {
	const page = part.page();
	const folder = PICTURES === undefined ? await pictureFolder() : join(ROOT, PICTURES);
	await mkdir(folder, { recursive: true });
	for (const colorScheme of ['dark', 'light'] as const) {
		await page.emulateMedia({ colorScheme });
		await arrange?.();
		// Nothing is to be under the pointer, for what is shows a help text or another colour.
		await page.mouse.move(0, 0);
		await page.waitForFunction(iconsFit(colorScheme));
		await part.screenshot({
			path: join(folder, `${name}.${colorScheme}.png`),
			animations: 'disabled',
			style: IN_PASSING,
		});
	}
}

/**
 * What n8n shows in passing: in a corner, in tips for newcomers, and of the nodes beside an open
 * one.
 */
const IN_PASSING =
	'.el-notification, .n8n-tooltip, [data-test-id="floating-node"] { display: none !important }';

/**
 * For the page: all images are there, and where there are icons of ours, one for the colours that
 * are shown (some keep those they began with).
 */
function iconsFit(colorScheme: 'dark' | 'light'): string {
	const fits = `src.includes('.dark.') === ${colorScheme === 'dark'}`;
	return `(({ images }) => {
		const ours = [...images].filter(({ src }) => src.includes('agentclub'));
		return [...images].every(({ complete }) => complete) && (ours.length === 0 || ours.some(({ src }) => ${fits}));
	})(document)`;
}

async function pictureFolder(): Promise<string> {
	const folder = join(
		ROOT,
		'.playground',
		'e2e',
		`${basename(expect.getState().testPath ?? 'test', '.test.ts')}-pictures`,
	);
	await mkdir(folder, { recursive: true });
	return folder;
}
