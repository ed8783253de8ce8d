import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { AttachmentSettings } from '../../../../../client/inbound/item/attachments';
import { fetchAttachments } from '../../../../../client/inbound/item/item-files';
import { FakeClock, settled } from '../../../../support/fake-clock';
import { message } from '../../../../support/sample-messages';

const MB = 1024 * 1024;
const ALL: AttachmentSettings = { download: 'all', maxBytes: 10 * MB };

const fileMessage = (index: number, contentType = 'file') =>
	message(`m${index}`, {
		content: '',
		content_type: contentType,
		file_url: `/media/uploads/${index}.bin`,
		file_name: `${index}.bin`,
	});

/** The files of an item, each of so many bytes, which arrive when the test says so. */
class Item {
	readonly clock = new FakeClock();
	/** Those whose download has begun, and what lets them arrive. */
	readonly begun: Array<() => void> = [];
	stored = 0;
	/** Whether files arrive by themselves. */
	isQuick = true;

	constructor(
		private readonly size: number,
		private readonly isAnnounced = true,
	) {}

	fetch(count: number, settings = ALL, contentType?: string) {
		return fetchAttachments(
			Array.from({ length: count }, (_, index) => fileMessage(index, contentType)),
			settings,
			{
				address: (url) => ({ url, onServer: true }),
				open: async () => {
					await new Promise<void>((resolve) => {
						this.begun.push(resolve);
						if (this.isQuick) resolve();
					});
					return {
						content: Readable.from([Buffer.alloc(this.size)]),
						mimeType: null,
						seen: null,
						problem: null,
						size: this.isAnnounced ? this.size : null,
					};
				},
			},
			async (content) => {
				const { length } = await buffer(content);
				this.stored += length;
				return { stored: length, size: length };
			},
			this.clock,
		);
	}
}

describe('the files of an item', () => {
	it('are at most 50: the last ones come along, and the others say so', async () => {
		const item = new Item(1);
		const attachments = await item.fetch(1000);

		expect(item.begun).toHaveLength(50);
		expect(attachments.map(({ messageId }) => messageId)).toEqual(
			Array.from({ length: 1000 }, (_, index) => `m${index}`),
		);
		expect(attachments.filter(({ problem }) => problem === null)).toEqual(attachments.slice(-50));
		expect(attachments[0]).toMatchObject({
			fileName: '0.bin',
			stored: undefined,
			problem: expect.stringContaining('Only the last 50 files') as string,
		});
	});

	it.each([true, false])(
		'have at most 100 MB together, and the rest says so (size announced: %p)',
		async (isAnnounced) => {
			const item = new Item(9 * MB, isAnnounced);
			const attachments = await item.fetch(14);

			expect(item.stored).toBe(99 * MB);
			expect(attachments.map(({ problem }) => problem).filter((problem) => problem)).toEqual(
				Array.from(
					{ length: 3 },
					() => expect.stringContaining('larger than 100 MB together') as string,
				),
			);
		},
	);

	it('may have more where one of them alone may', async () => {
		const attachments = await new Item(60 * MB).fetch(2, { ...ALL, maxBytes: 120 * MB });

		expect(attachments.map(({ problem }) => problem)).toEqual([null, null]);
	});

	it('are fetched four at a time, each with 60 s of its own', async () => {
		const item = new Item(1);
		item.isQuick = false;
		const fetching = item.fetch(9);
		await settled();
		expect(item.begun).toHaveLength(4);

		await item.clock.advance(60_000);
		expect(item.begun).toHaveLength(8);
		await item.clock.advance(59_999);
		for (const arrive of item.begun.slice(4)) arrive();
		await settled();
		await settled();
		item.begun.at(-1)?.();

		expect((await fetching).map(({ problem }) => problem)).toEqual([
			...Array.from({ length: 5 }, () => null),
			...Array.from({ length: 4 }, () => 'The file did not arrive within 60 s'),
		]);
	});

	it('that nobody wants are described, however many there are', async () => {
		const item = new Item(1);
		const images: AttachmentSettings = { ...ALL, download: 'images' };

		const attachments = await item.fetch(200, images);

		expect(item.begun).toEqual([]);
		expect(new Set(attachments.map(({ problem }) => problem))).toEqual(new Set([null]));
	});
});
