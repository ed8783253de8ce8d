import { existsSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { PROJECT, readProjectFile } from '../../support/markdown';

const pagesIn = (folder: string): string[] =>
	readdirSync(join(PROJECT, folder))
		.filter((name) => name.endsWith('.md'))
		.map((name) => posix.join(folder, name));

const pages = [...pagesIn('.'), ...pagesIn('docs'), ...pagesIn('examples')];

/** Where the links and pictures of a page lead within the project, with their anchors. */
function linksOf(page: string): string[] {
	const found = readProjectFile(page).matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g);
	return [...found]
		.map(([, link, attribute]) => link ?? attribute ?? '')
		.filter((link) => !/^\w+:/.test(link));
}

/** The files that a page names in code: from the project's folder, with an ending. */
function filesNamedIn(page: string): string[] {
	const named = /`((?:client|nodes|credentials|playground|bench|test|tools|docs)\/[\w./-]+\.\w+)`/g;
	return [...readProjectFile(page).matchAll(named)].map(([, file]) => file ?? '');
}

/** As GitHub makes them: lower case, punctuation left out, a hyphen for each space. */
function anchorsOf(page: string): string[] {
	const headings = readProjectFile(page).matchAll(/^#+ (.+)$/gm);
	return [...headings].map(([, heading = '']) =>
		heading
			.toLowerCase()
			.replace(/[^\p{L}\p{N} _-]/gu, '')
			.replace(/ /g, '-'),
	);
}

function leadsNowhere(page: string, link: string): boolean {
	const [path = '', anchor] = link.split('#');
	const target = path === '' ? page : posix.join(posix.dirname(page), path);
	if (!existsSync(join(PROJECT, target))) return true;
	return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor);
}

describe.each(pages)('the page %s', (page) => {
	it('links only to files and headings that exist', () => {
		expect(linksOf(page).filter((link) => leadsNowhere(page, link))).toEqual([]);
	});

	it('names only files that exist', () => {
		expect(filesNamedIn(page).filter((file) => !existsSync(join(PROJECT, file)))).toEqual([]);
	});
});
