import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'agentclub-test-'));
let files = 0;

afterAll(() => {
	rmSync(folder, { recursive: true });
});

/** The path of a new file with the text in it; it goes when the tests of the file are over. */
export function fileWith(text: string): string {
	const path = join(folder, String(files++));
	writeFileSync(path, text);
	return path;
}
