import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { page, type Answer } from './http-answers';
import type { Route } from './routing';

/**
 * A bundled program does not know where its sources lay; what runs such programs says so in the
 * environment.
 */
const repository = process.env['AGENTCLUB_REPOSITORY'] ?? join(__dirname, '../..');

/**
 * Whatever a message says, the page runs its own scripts and shows its own server's pictures only.
 */
const policy =
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/** The types of what the page is made of. */
const types = {
	html: 'text/html; charset=utf-8',
	css: 'text/css; charset=utf-8',
	js: 'text/javascript; charset=utf-8',
	svg: 'image/svg+xml',
};

const socketIo = 'node_modules/socket.io/client-dist/socket.io.esm.min.js';

/** The chat page, read afresh at every request, so that editing it needs no restart. */
export function pageRoutes(): Route[] {
	return [
		{
			method: 'GET',
			path: /^\/$/,
			answer: () => answerFile('playground/page/index.html', types.html),
		},
		{ method: 'GET', path: /^\/socket\.io\.js$/, answer: () => answerFile(socketIo, types.js) },
		// No dots and no slashes in the name: nothing but what lies in the folder can be meant.
		{
			method: 'GET',
			path: /^\/([a-z-]+)\.js$/,
			answer: ({ parameters: [name = ''] }) => answerFile(`playground/page/${name}.js`, types.js),
		},
		{
			method: 'GET',
			path: /^\/icon\.svg$/,
			answer: () => answerFile('playground/page/icon.svg', types.svg),
		},
		{
			method: 'GET',
			path: /^\/page\.css$/,
			answer: () => answerFile('playground/page/page.css', types.css),
		},
	];
}

async function answerFile(file: string, type: string): Promise<Answer> {
	const path = join(repository, file);
	if (!existsSync(path)) return page(404);
	const headers = {
		'Content-Type': type,
		'Content-Security-Policy': policy,
		'Cache-Control': 'no-cache',
		'X-Content-Type-Options': 'nosniff',
	};
	return { status: 200, headers, body: await readFile(path) };
}
