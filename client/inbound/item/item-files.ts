import { pipeline, Transform } from 'node:stream';
import type { Clock } from '../../clock';
import { AgentClubError } from '../../errors';
import type { Message } from '../../protocol/message';
import { Slots } from '../../slots';
import {
	type Attachment,
	type AttachmentSettings,
	type AttachmentSource,
	type BinarySink,
	describeFile,
	fetchAttachment,
	isWanted,
} from './attachments';

/** Files of one item that are fetched; what n8n stores for a trigger it never prunes. */
const MOST_FILES = 50;
/** Bytes that they may have together, unless one file alone may have more. */
const MOST_BYTES = 100 * 1024 * 1024;
/** Of one item. */
const AT_A_TIME = 4;

/**
 * The files of an item's messages, in their order. Some at a time, each with its own deadline; of
 * too many the last ones, which stand nearest to the words, are fetched. Never throws.
 */
export async function fetchAttachments<Stored>(
	messages: readonly Message[],
	settings: AttachmentSettings,
	source: AttachmentSource,
	sink: BinarySink<Stored>,
	clock: Clock,
): Promise<Array<Attachment<Stored>>> {
	const limited = limitedTo(Math.max(settings.maxBytes, MOST_BYTES), source);
	const slots = new Slots(AT_A_TIME);
	let files = 0;
	const fetched = messages.toReversed().map(async (message) => {
		const described = describeFile(message, source);
		if (!described) return undefined;
		if (isWanted(described, settings)) files += 1;
		if (files > MOST_FILES) return { ...described, stored: undefined, problem: TOO_MANY };
		await slots.take();
		try {
			return await fetchAttachment(message, settings, limited, sink, clock);
		} finally {
			slots.release();
		}
	});
	const attachments = await Promise.all(fetched.toReversed());
	return attachments.filter((each) => each !== undefined);
}

const TOO_MANY =
	`Only the last ${MOST_FILES} files of an item are fetched; ` + 'File: Download fetches others';

/** The same source, for files that have so many bytes together. */
function limitedTo(mostBytes: number, source: AttachmentSource): AttachmentSource {
	let left = mostBytes;
	const tooLarge = () =>
		new AgentClubError(
			'FILE',
			`The files of the item are larger than ${Math.floor(mostBytes / 1_048_576)} MB together; ` +
				'File: Download fetches this one',
		);
	return {
		address: (fileUrl) => source.address(fileUrl),
		async open(...request) {
			const file = await source.open(...request);
			if ((file.size ?? 0) > left) {
				file.content.destroy();
				throw tooLarge();
			}
			const counted = new Transform({
				transform(chunk: Buffer, _encoding, done) {
					left -= chunk.length;
					if (left < 0) done(tooLarge());
					else done(null, chunk);
				},
			});
			return { ...file, content: pipeline(file.content, counted, () => undefined) };
		},
	};
}
