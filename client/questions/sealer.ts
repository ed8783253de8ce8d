import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts and authenticates what leaves this process and has to come back unchanged. The key is
 * made from the agent's token: only the agent's own processes have it.
 */
export class Sealer {
	private readonly key: Buffer;

	constructor(token: string) {
		this.key = Buffer.from(
			hkdfSync('sha256', token, '', 'n8n-nodes-agentclub questions', KEY_BYTES),
		);
	}

	/** @param about has to be the same when it is opened @returns base64url */
	seal(value: unknown, about: string): string {
		const iv = randomBytes(IV_BYTES);
		const cipher = createCipheriv(ALGORITHM, this.key, iv).setAAD(Buffer.from(about));
		const sealed = [cipher.update(JSON.stringify(value), 'utf8'), cipher.final()];
		return Buffer.concat([iv, cipher.getAuthTag(), ...sealed]).toString('base64url');
	}

	/** Undefined where it is not ours, was changed, or is about something else. */
	open(text: string, about: string): unknown {
		const bytes = Buffer.from(text, 'base64url');
		if (bytes.length <= IV_BYTES + TAG_BYTES) return undefined;
		const tag = bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
		const decipher = createDecipheriv(ALGORITHM, this.key, bytes.subarray(0, IV_BYTES), {
			authTagLength: TAG_BYTES,
		});
		decipher.setAAD(Buffer.from(about)).setAuthTag(tag);
		try {
			const sealed = bytes.subarray(IV_BYTES + TAG_BYTES);
			return JSON.parse(Buffer.concat([decipher.update(sealed), decipher.final()]).toString());
		} catch {
			return undefined;
		}
	}
}
