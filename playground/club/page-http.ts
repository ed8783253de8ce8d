import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Answer } from './http-answers';
import type { Route } from './routing';

/** A bundled program does not know where its sources lay; what runs such programs says so in the environment. */
const repository = process.env['AGENTCLUB_REPOSITORY'] ?? join(__dirname, '../..');

/** Whatever a message says, the page runs its own scripts and shows its own server's pictures only. */
const policy =
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

const files: readonly (readonly [path: RegExp, file: string, type: string])[] = [
	[/^\/$/, 'playground/page/index.html', 'text/html; charset=utf-8'],
	[/^\/(page\.css)$/, 'playground/page/page.css', 'text/css; charset=utf-8'],
	[/^\/(page\.js)$/, 'playground/page/page.js', 'text/javascript; charset=utf-8'],
	[/^\/(socket\.io\.js)$/, 'node_modules/socket.io/client-dist/socket.io.min.js', 'text/javascript; charset=utf-8'],
];

/** The chat page, read afresh at every request, so that editing it needs no restart. */
export function pageRoutes(): Route[] {
	return files.map(([path, file, type]) => ({ method: 'GET', path, answer: () => answerFile(join(repository, file), type) }));
}

async function answerFile(file: string, type: string): Promise<Answer> {
	const headers = {
		'Content-Type': type,
		'Content-Security-Policy': policy,
		'Cache-Control': 'no-cache',
		'X-Content-Type-Options': 'nosniff',
	};
	return { status: 200, headers, body: await readFile(file) };
}
