import { Sealer } from '../../../../client/questions/sealer';

const TOKEN = 'sk_agt_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';

it('opens what was sealed with the same token for the same thing, and nothing else', () => {
	const sealed = new Sealer(TOKEN).seal({ id: 'q1' }, 'chat 1');
	expect(new Sealer(TOKEN).open(sealed, 'chat 1')).toEqual({ id: 'q1' });
	expect(new Sealer(TOKEN).open(sealed, 'chat 2')).toBeUndefined();
	expect(new Sealer(`${TOKEN}b`).open(sealed, 'chat 1')).toBeUndefined();
	expect(sealed).not.toContain('q1');
});

it('notices each changed character, and each cut', () => {
	const sealer = new Sealer(TOKEN);
	const sealed = sealer.seal({ id: 'q1' }, 'chat');
	for (let at = 0; at < sealed.length; at += 1) {
		// The last character has bits that base64 does not use.
		const other = sealed[at] === 'A' ? 'f' : 'A';
		const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
		const isSame = Buffer.from(changed, 'base64url').equals(Buffer.from(sealed, 'base64url'));
		if (!isSame) expect(sealer.open(changed, 'chat')).toBeUndefined();
		expect(sealer.open(sealed.slice(0, at), 'chat')).toBeUndefined();
	}
});

it.each(['', '!', 'A', 'A'.repeat(37), '🎉'])('answers nothing to "%s"', (text) => {
	expect(new Sealer(TOKEN).open(text, 'chat')).toBeUndefined();
});
