import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { ProcessOutput } from '../../../playground/host/process-output';

/** Lines. */
const KEPT = 5000;

describe('the output of a process', () => {
	let folder = '';
	let output: ProcessOutput;
	let stream: PassThrough;

	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'agentclub-output-'));
		output = new ProcessOutput(join(folder, 'log'), KEPT);
		stream = new PassThrough();
		output.follow(stream);
	});
	afterEach(async () => {
		await output.close();
		await rm(folder, { recursive: true });
	});

	it('finds a line that comes later', async () => {
		const found = output.waitFor(/ready/, 5000);
		stream.write('starting\nready on port 1\n');

		await expect(found).resolves.toBe('ready on port 1');
	});

	it('finds an earlier line only from a position before it', async () => {
		const before = output.position;
		stream.write('ready\nnext\n');
		await output.waitFor(/next/, 5000, before);

		await expect(output.waitFor(/ready/, 5000, before)).resolves.toBe('ready');
		await expect(output.waitFor(/ready/, 1)).rejects.toThrow('No line matched /ready/ within 1 ms');
	});

	it('is all there to look for a line in, and an error where some lines are forgotten', async () => {
		stream.write(`${Array.from({ length: KEPT }, (_, index) => `line ${index}`).join('\n')}\n`);
		await output.waitFor(/line 4999/, 5000, 0);
		expect(output.all().split('\n')).toHaveLength(KEPT);

		stream.write('one more\n');
		await output.waitFor(/one more/, 5000, 0);
		expect(() => output.all()).toThrow('Of 5001 lines only the last 5000 are kept');
	});

	it('counts on when the oldest lines are forgotten, and keeps all of them in the file', async () => {
		stream.write(`${Array.from({ length: 6000 }, (_, index) => `line ${index}`).join('\n')}\n`);
		await output.waitFor(/line 5999/, 5000, 0);

		expect(output.position).toBe(6000);
		expect(output.tail(6000).split('\n')).toHaveLength(KEPT);
		expect(output.tail(2)).toBe('line 5998\nline 5999');
		await expect(output.waitFor(/line 5990/, 5000, 5990)).resolves.toBe('line 5990');
		await output.close();
		expect((await readFile(join(folder, 'log'), 'utf8')).split('\n')).toHaveLength(6001);
	});
});
