import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import {
	type Browser,
	type BrowserContext,
	type BrowserContextOptions,
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

/** As Debian, Ubuntu and Google call the program. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** What a browser in a test must not do by itself: look for updates and ask hosts elsewhere. */
const QUIET = ['--disable-gpu', '--disable-quic', '--disable-sync', '--no-first-run'];

const ROOT = join(__dirname, '../..');

/**
 * Where to put the pictures for the docs; elsewhere they are only taken, to be looked at after a
 * failure.
 */
const { AGENTCLUB_PICTURES: PICTURES } = process.env;

const DESK: BrowserContextOptions = { viewport: { width: 1400, height: 860 } };

/** A usual one; without a word about its width a page is laid out for a desk there, and shrunk. */
const PHONE: BrowserContextOptions = {
	viewport: { width: 390, height: 844 },
	deviceScaleFactor: 2,
	isMobile: true,
	hasTouch: true,
};

/**
 * This machine's own Chromium, with an empty profile for each screen; it reaches nothing but this
 * machine.
 */
export class TestBrowser {
	private constructor(
		private readonly browser: Browser,
		private readonly desk: BrowserContext,
		private readonly phone: BrowserContext,
	) {}

	/** @throws Unavailable where there is no Chromium */
	static async open(): Promise<TestBrowser> {
		selectors.setTestIdAttribute('data-test-id');
		const browser = await chromium.launch({ executablePath: chromiumHere(), args: QUIET });
		return new TestBrowser(
			browser,
			await emptyProfile(browser, DESK),
			await emptyProfile(browser, PHONE),
		);
	}

	async page(address = 'about:blank'): Promise<Page> {
		const page = await this.desk.newPage();
		await page.goto(address);
		return page;
	}

	/** An empty page on a phone. */
	phonePage(): Promise<Page> {
		return this.phone.newPage();
	}

	/** Runs a step, and leaves a picture of each page where it fails. */
	async watched(step: () => Promise<void>): Promise<void> {
		try {
			await step();
		} catch (error) {
			const folder = await pictureFolder();
			const pages = [this.desk, this.phone].flatMap((profile) => profile.pages());
			for (const [index, page] of pages.entries())
				await page.screenshot({ path: join(folder, `failure-${index}.png`) });
			throw error;
		}
	}

	async close(): Promise<void> {
		await this.browser.close();
	}
}

async function emptyProfile(
	browser: Browser,
	screen: BrowserContextOptions,
): Promise<BrowserContext> {
	const profile = await browser.newContext({
		...screen,
		locale: 'en-US',
		timezoneId: 'UTC',
		colorScheme: 'light',
	});
	profile.setDefaultTimeout(PATIENCE);
	await profile.route(
		({ hostname }) => hostname !== '127.0.0.1',
		(route) => route.abort(),
	);
	return profile;
}

function chromiumHere(): string {
	const folders = (process.env.PATH ?? '').split(delimiter);
	const places = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
	const found = places.find((place) => existsSync(place));
	if (found !== undefined) return found;
	throw new Unavailable(
		'The browser tests need Chromium, and there is none on the PATH.',
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
 * For the page: all images are there. Where there are icons of ours, one is for the colours that
 * are shown; some keep those they began with.
 */
function iconsFit(colorScheme: 'dark' | 'light'): string {
	const fits = `src.includes('.dark.') === ${colorScheme === 'dark'}`;
	return `(({ images }) => {
		const ours = [...images].filter(({ src }) => src.includes('agentclub'));
		const isComplete = [...images].every(({ complete }) => complete);
		return isComplete && (ours.length === 0 || ours.some(({ src }) => ${fits}));
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
