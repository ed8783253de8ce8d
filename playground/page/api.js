/** The club may be mounted at any path; everything is next to this page. */
export const base = location.pathname.replace(/\/[^/]*$/, '');

async function answerOf(response) {
	const answer = await response.json().catch(() => ({}));
	if (!response.ok) throw new Error(answer.error || `The server answered ${response.status}`);
	return answer;
}

/** @throws Error with the server's own words */
export async function get(path) {
	return answerOf(await fetch(`${base}/api/playground/${path}`));
}

export async function post(path, value) {
	const headers = { 'Content-Type': 'application/json' };
	return answerOf(
		await fetch(`${base}/api/playground/${path}`, {
			method: 'POST',
			headers,
			body: JSON.stringify(value),
		}),
	);
}

/** @returns {Promise<{ url: string, filename: string, content_type: string }>} */
export async function upload(file) {
	const body = new FormData();
	body.append('file', file, file.name);
	return answerOf(await fetch(`${base}/api/playground/upload`, { method: 'POST', body }));
}

/**
 * Where a message's file can be opened. A sender may have put any address there.
 * @returns {{ href: string, own: boolean } | null} null for what is no web address
 */
export function fileAddress(url) {
	if (typeof url !== 'string' || url === '') return null;
	if (url.startsWith('/media/')) return { href: base + url, own: true };
	return /^https?:\/\//i.test(url) ? { href: url, own: false } : null;
}
