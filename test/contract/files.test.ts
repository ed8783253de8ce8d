import { onEveryTarget } from './targets';

/** Name as uploaded, name as the server tells it, kind. */
const ACCEPTED: readonly (readonly [string, string, string])[] = [
	['photo.PNG', 'photo.png', 'image'],
	['my photo (1).jpeg', 'my_photo_1.jpeg', 'image'],
	['moving.gif', 'moving.gif', 'image'],
	['.png', 'file.png', 'image'],
	['报告.pdf', 'file.pdf', 'file'],
	['é ü.txt', 'e_u.txt', 'file'],
	['../../etc/notes.md', 'etc_notes.md', 'file'],
	['archive.tar.gz', 'archive.tar.gz', 'file'],
	['data.yaml', 'data.yaml', 'file'],
	['voice.m4a', 'voice.m4a', 'audio'],
	['song.ogg', 'song.ogg', 'audio'],
	['clip.webm', 'clip.webm', 'video'],
	['clip.mov', 'clip.mov', 'video'],
];

const REFUSED = [
	...['drawing.svg', 'scan.bmp', 'page.html', 'tool.exe', 'script.py', 'code.js', 'song.flac'],
	...['README', 'x.pdf ', 'photo.png.exe'],
];

const LIMIT_BYTES = 50 * 1024 * 1024;

onEveryTarget((it) => {
	it('makes file names safe and tells the kind by the last extension', async (scene) => {
		const http = scene.http(await scene.agent());
		for (const [given, safe, kind] of ACCEPTED) {
			const answer = await http.upload(given);
			expect(answer.status).toBe(200);
			const { url, ...rest } = answer.json() as { url: string };
			expect(rest).toEqual({ filename: safe, content_type: kind });
			expect(url).toMatch(
				new RegExp(`^/media/uploads/[0-9a-f]{32}_${safe.replaceAll('.', '\\.')}$`),
			);
		}
	});

	it('takes an upload by a person like one by an agent', async (scene) => {
		const person = await scene.person();
		const uploaded = await scene.club.uploadAs(person.id, 'my photo.PNG', Buffer.from('pixels'));
		const { url, ...rest } = uploaded;
		expect(rest).toEqual({ fileName: 'my_photo.png', kind: 'image' });
		expect(url).toMatch(/^\/media\/uploads\/[0-9a-f]{32}_my_photo\.png$/);
	});

	it('refuses other extensions', async (scene) => {
		const http = scene.http(await scene.agent());
		for (const name of REFUSED) {
			const answer = await http.upload(name);
			expect([name, answer.status]).toEqual([name, 400]);
			expect(answer.json()).toEqual({ error: expect.any(String) as string });
		}
	});

	it('refuses a form without a file', async (scene) => {
		const http = scene.http(await scene.agent());
		for (const answer of [
			await http.upload('photo.png', 'x', 'picture'),
			await http.post('/api/agent/upload', 'no form'),
		]) {
			expect(answer.status).toBe(400);
			expect(answer.json()).toEqual({ error: expect.any(String) as string });
		}
	});

	it('refuses an upload without a token that it knows', async (scene) => {
		const agent = await scene.agent();
		for (const token of ['', 'wrong']) {
			const answer = await scene.http({ ...agent, token }).upload('photo.png');
			expect(answer.status).toBe(401);
		}
	});

	it('gives a file back byte for byte, to everybody who knows its address', async (scene) => {
		const http = scene.http(await scene.agent());
		const body = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
		const { url } = (await http.upload('all bytes.zip', body)).json() as { url: string };
		const response = await fetch(scene.club.url + url);
		expect(response.status).toBe(200);
		expect(Buffer.from(await response.arrayBuffer())).toEqual(body);
	});

	it('says with a file what it is, by its extension, and how long', async (scene) => {
		const http = scene.http(await scene.agent());
		const types = {
			'a.png': 'image/png',
			'a.jpg': 'image/jpeg',
			'a.pdf': 'application/pdf',
			'a.txt': 'text/plain; charset=utf-8',
		};
		for (const [name, type] of Object.entries(types)) {
			const { url } = (await http.upload(name, 'twelve bytes')).json() as { url: string };
			const { headers } = await http.get(url, {});
			expect([headers.get('content-type'), headers.get('content-length')]).toEqual([type, '12']);
		}
	});

	it('accepts an empty file', async (scene) => {
		const http = scene.http(await scene.agent());
		const { url } = (await http.upload('empty.txt', '')).json() as { url: string };
		const answer = await http.get(url);
		expect([answer.status, answer.text]).toEqual([200, '']);
	});

	it('gives parts of a file to who asks for a range', async (scene) => {
		const http = scene.http(await scene.agent());
		const { url } = (await http.upload('digits.txt', '0123456789')).json() as { url: string };
		const answer = await http.get(url, { range: 'bytes=2-5' });
		expect([answer.status, answer.text]).toEqual([206, '2345']);
		expect(answer.headers.get('content-range')).toBe('bytes 2-5/10');
	});

	it('answers 404 in HTML for a file that it does not have', async (scene) => {
		const answer = await scene.http(await scene.agent()).get('/media/uploads/nothing.png', {});
		expect(answer.status).toBe(404);
		expect(answer.headers.get('content-type')).toContain('text/html');
	});

	it('fails on a name too long for a file system, in JSON', async (scene) => {
		const http = scene.http(await scene.agent());
		expect((await http.upload(`${'n'.repeat(190)}.txt`)).status).toBe(200);
		const answer = await http.upload(`${'n'.repeat(230)}.txt`);
		expect(answer.status).toBe(500);
		expect(answer.json()).toEqual({ error: expect.any(String) as string });
	});

	it('refuses a request of more than 50 MiB, by 413 or by hanging up', async (scene) => {
		const http = scene.http(await scene.agent());
		const refusal = await http.upload('huge.zip', Buffer.alloc(LIMIT_BYTES)).then(
			({ status }) => status,
			(error: unknown) => (error as Error).message,
		);
		expect([413, 'fetch failed']).toContain(refusal);
		expect((await http.upload('small.zip')).status).toBe(200);
	});
});
