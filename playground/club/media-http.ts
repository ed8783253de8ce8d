import { page, redirect, type Answer } from './http-answers';
import type { HttpFaults } from './http-faults';
import type { Inquiry, Route } from './routing';
import { mimeTypeOf, type Uploads } from './uploads';

interface Range {
	readonly first: number;
	/** Included. */
	readonly last: number;
}

/** Uploaded files, for anybody who knows the address. */
export function mediaRoutes(uploads: Uploads, faults: HttpFaults): Route[] {
	return [
		{
			method: 'GET',
			path: /^\/media\/uploads\/([^/]+)$/,
			answer: (inquiry) => answerFile(inquiry, uploads, faults),
		},
	];
}

function answerFile(
	{ request, parameters: [name = ''] }: Inquiry,
	uploads: Uploads,
	faults: HttpFaults,
): Answer {
	if (faults.mediaRedirect !== null) return redirect(302, faults.mediaRedirect);
	const body = uploads.get(name);
	if (!body) return page(404);
	const asked = request.headers.range;
	if (asked === undefined) return { status: 200, headers: headersOf(name), body };
	const range = parseRange(asked, body.length);
	if (!range) return page(416, { 'Content-Range': `bytes */${body.length}` });
	const { first, last } = range;
	const extent = {
		'Content-Range': `bytes ${first}-${last}/${body.length}`,
	};
	return {
		status: 206,
		headers: { ...headersOf(name), ...extent },
		body: body.subarray(first, last + 1),
	};
}

function headersOf(name: string): Answer['headers'] {
	return {
		'Accept-Ranges': 'bytes',
		'Cache-Control': 'no-cache',
		'Content-Disposition': `inline; filename=${name}`,
		'Content-Type': mimeTypeOf(name),
		// Beyond the real server: an uploaded XML or SVG must not run as part of the page.
		'Content-Security-Policy': "script-src 'none'",
		'X-Content-Type-Options': 'nosniff',
	};
}

/** Null for whatever cannot be served, several ranges at once included. */
function parseRange(header: string, size: number): Range | null {
	const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
	if (from === '' && to === '') return null;
	const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
	const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
	return first <= last ? { first, last } : null;
}
