import type { IBinaryData, IBinaryKeyData, IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { Attachment } from '../../client/inbound/attachments';
import { isAddressed } from '../../client/inbound/filter';
import { cleanName } from '../../client/inbound/display-name';
import { mentionGuide } from '../../client/inbound/mention-guide';
import { ambiguousIds, plainText } from '../../client/inbound/plain-text';
import type { PreparedMessage } from '../../client/inbound/prepare';
import { toChatReference } from '../../client/protocol/chat-reference';
import { rosterEntry } from '../shared/roster-entry';
import { rawFrame } from './raw-frame';
import type { ItemSettings } from './settings';

/** How the message came to be delivered. */
export interface DeliveryInfo {
	readonly source: 'live' | 'backlog' | 'test';
	readonly attempt: number;
}

/** The item of one message, as the package's reference describes it. */
export function buildItem(prepared: PreparedMessage<IBinaryData>, settings: ItemSettings, delivery: DeliveryInfo): INodeExecutionData {
	const { message, identity, roster } = prepared;
	const chatId = toChatReference(message.chat);
	const plain = plainText(message.text, identity.userId);
	const guide = settings.mentionGuide === 'off' ? null : mentionGuide({ selfId: identity.userId, roster: roster ?? [], text: message.text });
	const { binary, attachments } = placeBinary(prepared.attachments, settings.binaryPropertyName);
	const json: IDataObject = {
		event: 'message',
		messageId: message.id,
		chatId,
		chatType: message.chat.type,
		chatName: prepared.chatName,
		sender: { ...message.sender },
		self: { id: identity.userId, name: identity.displayName },
		text: message.text,
		plainText: plain,
		command: commandOf(plain),
		messageType: message.contentType,
		mentions: [...message.mentions],
		addressedToSelf: isAddressed(message, identity.userId, settings.ignoreMentionAll),
		attachments,
		messages: [],
		context: [],
		roster: (roster ?? []).map((member) => rosterEntry(member, identity.userId)),
		mentionGuide: settings.mentionGuide === 'field' ? guide : null,
		chatInput: chatInput(prepared, settings, guide),
		sessionId: `agentclub:${identity.userId}:${chatId}`,
		createdAt: new Date(message.createdAt * 1000).toISOString(),
		timestamp: message.createdAt,
		delivery: { ...delivery },
		...(settings.includeRaw && { raw: rawFrame(message.raw) }),
	};
	return { json, ...(Object.keys(binary).length > 0 && { binary }) };
}

/** A command such as "/report last week". */
function commandOf(plain: string): { name: string; args: string } | null {
	const match = /^\/(\S+)\s*([\s\S]*)$/.exec(plain);
	return match ? { name: match[1] ?? '', args: (match[2] ?? '').trim() } : null;
}

/** What an AI Agent node reads: who says what, which files came along, and the mention guide where it is wanted there. */
function chatInput(prepared: PreparedMessage<IBinaryData>, settings: ItemSettings, guide: string | null): string {
	const { message, identity, roster } = prepared;
	const ambiguous = ambiguousIds(roster ?? []);
	const keepsTags = settings.mentionGuide === 'chatInput';
	const said = keepsTags ? message.text : plainText(message.text, identity.userId, (id) => ambiguous.has(id));
	const files = prepared.attachments.map(({ kind, fileName }) => `[${kind}: ${fileName}]`);
	const words = [said, ...files].filter((part) => part !== '').join('\n');
	const prefixed = settings.senderPrefix && message.chat.type === 'group' ? `${cleanName(message.sender.name) || 'Someone'}: ${words}` : words;
	return keepsTags && guide !== null ? `${prefixed}\n\n${guide}` : prefixed;
}

/** Files under `data`, `data_1`, ...; the item names the property of each, and says what is missing. */
function placeBinary(
	files: ReadonlyArray<Attachment<IBinaryData>>,
	propertyName: string,
): { binary: IBinaryKeyData; attachments: IDataObject[] } {
	const binary: IBinaryKeyData = {};
	const attachments = files.map(({ stored, ...file }, index) => {
		const property = index === 0 ? propertyName : `${propertyName}_${String(index)}`;
		if (stored) binary[property] = stored;
		return { ...file, binaryPropertyName: stored ? property : null };
	});
	return { binary, attachments };
}
