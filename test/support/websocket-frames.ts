/**
 * Gets a text frame as Socket.IO wrote it ("42["new_message",...]", "430[...]") and answers what
 * goes on in its place.
 */
export type EditFrame = (frame: string) => readonly string[];

const END_OF_HEAD = '\r\n\r\n';
const TEXT_FRAME = 0x81;

/**
 * Reads what a server writes on a connection, and lets the text frames be edited once it has become
 * a websocket.
 */
export class FrameEditor {
	private mode: 'head' | 'frames' | 'other' = 'head';
	private rest: Buffer = Buffer.alloc(0);

	constructor(private readonly edit: EditFrame) {}

	/** Whether this is a websocket. */
	get isOpen(): boolean {
		return this.mode === 'frames';
	}

	/** What goes on, given what came. */
	take(chunk: Buffer): Buffer[] {
		if (this.mode === 'other') return [chunk];
		this.rest = Buffer.concat([this.rest, chunk]);
		return this.mode === 'head' ? this.readHead() : this.readFrames();
	}

	/** Unmasked and whole, as servers write. */
	static encode(text: string): Buffer {
		const payload = Buffer.from(text);
		const head = Buffer.alloc(payload.length < 126 ? 2 : 10);
		head[0] = TEXT_FRAME;
		head[1] = payload.length < 126 ? payload.length : 127;
		if (payload.length >= 126) head.writeBigUInt64BE(BigInt(payload.length), 2);
		return Buffer.concat([head, payload]);
	}

	private readHead(): Buffer[] {
		const end = this.rest.indexOf(END_OF_HEAD);
		if (end < 0) return [];
		const isWebsocket = this.rest.toString('latin1', 0, 12) === 'HTTP/1.1 101';
		this.mode = isWebsocket ? 'frames' : 'other';
		const size = isWebsocket ? end + END_OF_HEAD.length : this.rest.length;
		return [this.cutOff(size), ...(isWebsocket ? this.readFrames() : [])];
	}

	private readFrames(): Buffer[] {
		const parts: Buffer[] = [];
		for (
			let size = frameSize(this.rest);
			size.whole <= this.rest.length;
			size = frameSize(this.rest)
		) {
			const frame = this.cutOff(size.whole);
			if (frame[0] !== TEXT_FRAME) parts.push(frame);
			else
				for (const text of this.edit(frame.toString('utf8', size.head)))
					parts.push(FrameEditor.encode(text));
		}
		return parts;
	}

	private cutOff(size: number): Buffer {
		const part = this.rest.subarray(0, size);
		this.rest = this.rest.subarray(size);
		return part;
	}
}

/** Infinite where not even the length is here yet. */
function frameSize(bytes: Buffer): { readonly head: number; readonly whole: number } {
	const unknown = { head: 0, whole: Number.POSITIVE_INFINITY };
	if (bytes.length < 2) return unknown;
	const short = (bytes[1] ?? 0) & 0x7f;
	const head = short < 126 ? 2 : short === 126 ? 4 : 10;
	if (bytes.length < head) return unknown;
	const payload =
		short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
	return { head, whole: head + payload };
}
