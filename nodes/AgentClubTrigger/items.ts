import type { IBinaryData, IBinaryKeyData, IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { Attachment } from '../../client/inbound/item/attachments';
import type { PreparedMessage } from '../../client/inbound/item/prepare';
import { messageJson } from '../shared/message-json';
import { rawFrame } from './raw-frame';
import type { ItemSettings } from './settings';

/** How the message came to be delivered. */
export interface DeliveryInfo {
	readonly source: 'live' | 'backlog' | 'test';
	readonly attempt: number;
}

/** The item of one message, as the package's reference describes it. */
export function buildItem(
	prepared: PreparedMessage<IBinaryData>,
	settings: ItemSettings,
	delivery: DeliveryInfo,
): INodeExecutionData {
	const { binary, attachments } = placeBinary(prepared.attachments, settings.binaryPropertyName);
	const json: IDataObject = {
		...messageJson(prepared, attachments, settings),
		delivery: { ...delivery },
		...(settings.includeRaw && {
			raw: settings.collected
				? prepared.messages.map(({ raw }) => rawFrame(raw))
				: rawFrame(prepared.message.raw),
		}),
	};
	return { json, ...(Object.keys(binary).length > 0 && { binary }) };
}

/**
 * Files under `data`, `data_1`, ...; the item names the property of each, and says what is missing.
 */
function placeBinary(
	files: ReadonlyArray<Attachment<IBinaryData>>,
	propertyName: string,
): { binary: IBinaryKeyData; attachments: IDataObject[] } {
	const binary: IBinaryKeyData = {};
	const attachments = files.map(({ stored, ...file }, index) => {
		const property = index === 0 ? propertyName : `${propertyName}_${index}`;
		if (stored) binary[property] = stored;
		return { ...file, binaryPropertyName: stored ? property : null };
	});
	return { binary, attachments };
}
