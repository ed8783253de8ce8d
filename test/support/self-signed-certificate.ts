import { generateKeyPairSync, sign } from 'node:crypto';

/** A TLS key and a certificate that nobody but itself vouches for, both as PEM. */
export interface SelfSigned {
	readonly key: string;
	readonly cert: string;
}

/** ASN.1 tags of what a certificate is made of. */
const TAG = {
	boolean: 0x01,
	integer: 0x02,
	bits: 0x03,
	octets: 0x04,
	oid: 0x06,
	text: 0x0c,
	time: 0x17,
	sequence: 0x30,
	set: 0x31,
	hostName: 0x82,
	address: 0x87,
} as const;

/** Object identifiers, in DER. */
const OID = {
	ecdsaWithSha256: '2a8648ce3d040302',
	commonName: '550403',
	subjectAltName: '551d11',
} as const;

/**
 * Node.js can read certificates but not make one, so this writes the DER itself (X.509 v3).
 * @param host whom it is for; 127.0.0.1 when left out
 */
export function makeSelfSigned(host?: string): SelfSigned {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const algorithm = der(TAG.sequence, oid(OID.ecdsaWithSha256));
	const name = der(
		TAG.sequence,
		der(TAG.set, der(TAG.sequence, oid(OID.commonName), der(TAG.text, Buffer.from('playground')))),
	);
	const validity = der(TAG.sequence, time(-1), time(1));
	const body = der(
		TAG.sequence,
		der(0xa0, der(TAG.integer, Buffer.from([2]))),
		der(TAG.integer, Buffer.from([1])),
		algorithm,
		name,
		validity,
		name,
		publicKey.export({ type: 'spki', format: 'der' }),
		der(0xa3, der(TAG.sequence, addressExtension(host))),
	);
	const signature = der(TAG.bits, Buffer.from([0]), sign('sha256', body, privateKey));
	const cert = der(TAG.sequence, body, algorithm, signature).toString('base64');
	return {
		key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
		cert:
			`-----BEGIN CERTIFICATE-----\n${cert.replace(/.{64}/g, '$&\n')}\n-----END ` +
			`CERTIFICATE-----\n`,
	};
}

function addressExtension(host: string | undefined): Buffer {
	const address =
		host === undefined
			? der(TAG.address, Buffer.from([127, 0, 0, 1]))
			: der(TAG.hostName, Buffer.from(host));
	return der(TAG.sequence, oid(OID.subjectAltName), der(TAG.octets, der(TAG.sequence, address)));
}

function oid(hex: string): Buffer {
	return der(TAG.oid, Buffer.from(hex, 'hex'));
}

/** Now, moved by days, as YYMMDDhhmmssZ. */
function time(days: number): Buffer {
	const text = new Date(Date.now() + days * 86_400_000)
		.toISOString()
		.replace(/\.\d+/, '')
		.replace(/[-:T]/g, '');
	return der(TAG.time, Buffer.from(text.slice(2)));
}

function der(tag: number, ...contents: Buffer[]): Buffer {
	const content = Buffer.concat(contents);
	return Buffer.concat([Buffer.from([tag, ...lengthOf(content)]), content]);
}

function lengthOf({ length }: Buffer): number[] {
	if (length < 0x80) return [length];
	return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}
