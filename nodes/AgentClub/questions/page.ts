import type { Asked } from './asked';

/** The page on which somebody answers without writing in the chat. */

/** What a page shows in addition to its form. */
export interface PageFrame {
	/** Where the chat is; undefined where that is not known. */
	readonly chatAddress: string | undefined;
	/** For the style sheet and the script within the page. */
	readonly nonce: string;
}

/** The question, with a button for each answer. @param chosen by the link that was opened */
export function questionPage(asked: Asked, chosen: string, frame: PageFrame): string {
	const form =
		asked.responseType === 'freeText'
			? '<form method="post">' +
				'<textarea name="text" rows="5" dir="auto" required autofocus aria-label="Your answer">' +
				'</textarea><button class="main" name="decision" value="text">Send answer</button></form>'
			: '<form method="post" class="choice">' +
				button('approve', asked.approveLabel, chosen !== 'decline') +
				button('decline', asked.disapproveLabel, chosen === 'decline') +
				'</form>';
	// The language of the question is not known, and `lang=""` says so.
	const question = `<p class="question" lang="" dir="auto">${escaped(asked.text)}</p>`;
	const script = `<script nonce="${frame.nonce}">${ONCE}</script>`;
	return page(`${asked.agentName} asks`, question + form + script, frame);
}

/** Has no focus from the start: a space bar that is to scroll would decide. */
function button(value: string, label: string, isMain: boolean): string {
	const look = isMain ? ' class="main"' : '';
	return `<button${look} name="decision" value="${value}" lang="" dir="auto">${escaped(label)}</button>`;
}

/** What has become of the question. */
export function endPage(title: string, words: string, frame: PageFrame): string {
	return page(title, `<p>${escaped(words)}</p>`, frame);
}

/** Nothing but this page's own style and script, and its form to where it came from. */
export function pageHeaders({ nonce }: PageFrame): Record<string, string> {
	return {
		'content-type': 'text/html; charset=utf-8',
		'content-security-policy':
			`default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; ` +
			"form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
		'referrer-policy': 'no-referrer',
		'cache-control': 'no-store',
		'x-content-type-options': 'nosniff',
		'x-robots-tag': 'noindex, nofollow',
	};
}

/**
 * A second press while the first one is on its way would show its own answer: that the question is
 * answered already. A page that the browser has kept, and shows again, begins anew.
 */
const ONCE = `
const form = document.forms[0];
form.addEventListener('submit', (event) => {
  if (form.ariaBusy === 'true') event.preventDefault();
  form.ariaBusy = 'true';
});
addEventListener('pageshow', () => {
  form.ariaBusy = 'false';
});
`;

const STYLE = `
:root { color-scheme: light dark; font: 17px/1.5 system-ui, sans-serif; }
body { max-width: 34rem; margin: 0 auto; padding: 1.5rem 1.25rem; overflow-wrap: anywhere; }
h1 { font-size: 1.25rem; line-height: 1.3; margin: 0 0 1rem; }
.question { white-space: pre-wrap; padding: 1rem; margin: 0 0 0.75rem;
  border: 1px solid #888; border-radius: 0.75rem; }
form { display: flex; flex-wrap: wrap; gap: 0.75rem; padding: 0.75rem 0; }
[aria-busy="true"] button { opacity: 0.6; }
.choice { position: sticky; bottom: 0; background: Canvas; }
button { flex: 1 1 8rem; min-width: 0; min-height: 3rem; padding: 0.5rem 1rem; font: inherit;
  border: 1px solid #888; border-radius: 0.75rem; background: transparent; color: inherit;
  cursor: pointer; overflow-wrap: inherit; touch-action: manipulation; }
button.main { background: #1f6feb; border-color: #1f6feb; color: #fff; font-weight: 600; }
textarea { flex: 1 1 100%; box-sizing: border-box; padding: 0.75rem; font: inherit;
  border: 1px solid #888; border-radius: 0.75rem; background: transparent; color: inherit; }
.back { margin: 0.75rem 0 0; }
.back a { display: inline-block; padding: 0.75rem 0; }
`;

function page(title: string, body: string, { chatAddress, nonce }: PageFrame): string {
	const back =
		chatAddress === undefined
			? ''
			: `<p class="back"><a href="${escaped(chatAddress)}" rel="noreferrer">Back to the chat</a></p>`;
	return [
		'<!doctype html>',
		'<html lang="en"><head><meta charset="utf-8">',
		'<meta name="viewport" content="width=device-width, initial-scale=1">',
		`<title>${escaped(title)}</title><style nonce="${nonce}">${STYLE}</style></head>`,
		`<body><main><h1>${escaped(title)}</h1>${body}${back}</main></body></html>`,
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
