/** One part of a `multipart/form-data` body. */
export interface Part {
	readonly name: string;
	/** Only parts with one are files. */
	readonly fileName: string | null;
	readonly body: Buffer;
}

/** @returns no parts for any other content type */
export function parseMultipart(body: Buffer, contentType: string | undefined): Part[] {
	const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(contentType ?? '')?.[1];
	if (boundary === undefined) return [];
	return splitBy(
		Buffer.concat([Buffer.from('\r\n'), body]),
		Buffer.from(`\r\n--${boundary}`),
	).flatMap(parsePart);
}

/** What lies between the delimiters; before the first and after the last is nothing of interest. */
function splitBy(body: Buffer, delimiter: Buffer): Buffer[] {
	const parts: Buffer[] = [];
	let start = body.indexOf(delimiter);
	while (start >= 0) {
		const end = body.indexOf(delimiter, start + delimiter.length);
		if (end >= 0) parts.push(body.subarray(start + delimiter.length, end));
		start = end;
	}
	return parts;
}

function parsePart(part: Buffer): Part[] {
	const headEnd = part.indexOf('\r\n\r\n');
	if (headEnd < 0) return [];
	const head = part.subarray(0, headEnd).toString('utf8');
	const name = parameter(head, 'name');
	return name === null
		? []
		: [{ name, fileName: parameter(head, 'filename'), body: part.subarray(headEnd + 4) }];
}

/** Clients write a quotation mark in a name as %22. */
function parameter(head: string, key: string): string | null {
	const found = new RegExp(`^content-disposition:.*;\\s*${key}="([^"]*)"`, 'im').exec(head);
	return found?.[1]?.replaceAll('%22', '"') ?? null;
}
