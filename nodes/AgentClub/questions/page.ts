import type { Asked } from './asked';

/** The page on which somebody answers without writing in the chat. */

/** What a page shows in addition to its form. */
export interface PageFrame {
	/** Where the chat is. */
	readonly chatAddress: string;
	/** For the style sheet within the page. */
	readonly nonce: string;
}

/** The question, with a button for each answer. @param chosen by the link that was opened */
export function questionPage(asked: Asked, chosen: string, frame: PageFrame): string {
	const form =
		asked.responseType === 'freeText'
			? '<textarea name="text" rows="5" required autofocus aria-label="Your answer"></textarea>' +
				'<button class="main" name="decision" value="text">Send answer</button>'
			: button('approve', asked.approveLabel, chosen !== 'decline') +
				button('decline', asked.disapproveLabel, chosen === 'decline');
	return page(
		'A question from the chat',
		`<p class="question">${escaped(asked.text)}</p><form method="post">${form}</form>`,
		frame,
	);
}

function button(value: string, label: string, isMain: boolean): string {
	const look = isMain ? ' class="main" autofocus' : '';
	return `<button${look} name="decision" value="${value}">${escaped(label)}</button>`;
}

/** What has become of the question. */
export function endPage(title: string, words: string, frame: PageFrame): string {
	return page(title, `<p>${escaped(words)}</p>`, frame);
}

/** Nothing but this page's own style, and its form to where it came from. */
export function pageHeaders({ nonce }: PageFrame): Record<string, string> {
	return {
		'content-type': 'text/html; charset=utf-8',
		'content-security-policy':
			`default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; ` +
			"frame-ancestors 'none'; base-uri 'none'",
		'referrer-policy': 'no-referrer',
		'cache-control': 'no-store',
		'x-content-type-options': 'nosniff',
		'x-robots-tag': 'noindex, nofollow',
	};
}

const STYLE = `
:root { color-scheme: light dark; font: 17px/1.5 system-ui, sans-serif; }
body { max-width: 34rem; margin: 0 auto; padding: 2rem 1.25rem; }
h1 { font-size: 1.1rem; margin: 0 0 1rem; opacity: 0.75; font-weight: 600; }
.question { white-space: pre-wrap; overflow-wrap: anywhere; padding: 1rem; margin: 0 0 1.5rem;
  border: 1px solid #8886; border-radius: 0.75rem; max-height: 60vh; overflow-y: auto; }
form { display: flex; flex-wrap: wrap; gap: 0.75rem; }
button { flex: 1 1 8rem; min-height: 3rem; padding: 0.5rem 1rem; font: inherit; cursor: pointer;
  border: 1px solid #8889; border-radius: 0.75rem; background: transparent; color: inherit; }
button.main { background: #1f6feb; border-color: #1f6feb; color: #fff; font-weight: 600; }
textarea { flex: 1 1 100%; box-sizing: border-box; padding: 0.75rem; font: inherit;
  border: 1px solid #8889; border-radius: 0.75rem; background: transparent; color: inherit; }
.back { margin-top: 2rem; }
`;

function page(title: string, body: string, { chatAddress, nonce }: PageFrame): string {
	return [
		'<!doctype html>',
		'<html lang="en"><head><meta charset="utf-8">',
		'<meta name="viewport" content="width=device-width, initial-scale=1">',
		`<title>${escaped(title)}</title><style nonce="${nonce}">${STYLE}</style></head>`,
		`<body><main><h1>${escaped(title)}</h1>${body}`,
		`<p class="back"><a href="${escaped(chatAddress)}" rel="noreferrer">Back to the chat</a></p>`,
		'</main></body></html>',
	].join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

function escaped(text: string): string {
	return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
