import { type IDataObject, type IExecuteFunctions, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { sendMessage, type SentFile } from '../../../../client/outbound/send';
import type { FileToSend } from '../../../../client/outbound/upload';
import { type Chat, chatKey } from '../../../../client/protocol/chat';
import { toChatReference } from '../../../../client/protocol/chat-reference';
import { targetChat, targetFields } from '../../chats/target';
import { binaryFile } from '../../files/binary-file';
import { listOf, textParameter } from '../parameters';
import { json, type Operation, type OperationContext, type OperationResult } from '../operation';

const properties: INodeProperties[] = [
	...targetFields,
	{
		displayName: 'Text',
		name: 'text',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '={{ $json.output }}',
		description: 'What to say, in Markdown. It may mention people by tags such as &lt;at user_id="ID"&gt;name&lt;/at&gt;; the ID "all" is everybody.',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Attachments',
				name: 'attachments',
				type: 'string',
				default: '',
				placeholder: 'e.g. data, data_1',
				description: 'Binary fields of the item to send as files, separated by commas. Each file is a message of its own.',
			},
			{
				displayName: 'Attachments Order',
				name: 'attachmentsOrder',
				type: 'options',
				options: [
					{ name: 'After the Text', value: 'after' },
					{ name: 'Before the Text', value: 'before' },
				],
				default: 'after',
			},
			{
				displayName: 'Format',
				name: 'format',
				type: 'options',
				options: [
					{ name: 'Code', value: 'code', description: 'Shown as it is, in a fixed-width font' },
					{ name: 'Text', value: 'text', description: 'Shown as Markdown' },
				],
				default: 'text',
			},
			{
				displayName: 'Mention IDs',
				name: 'mentionIds',
				type: 'string',
				default: '',
				placeholder: 'e.g. u_1f0c..., u_2a9b...',
				description: 'IDs of users to mention beside those in the text, separated by commas',
			},
			{
				displayName: 'Skip Text',
				name: 'skipText',
				type: 'string',
				default: 'NO_REPLY',
				description: 'A model that answers with exactly this word has decided to say nothing, and nothing is sent',
			},
		],
	},
];

const description = updateDisplayOptions({ show: { resource: ['message'], operation: ['send'] } }, properties);

/** The chats of the items, looked up once in `lane` and used in `execute`. */
const targets = new WeakMap<OperationContext, Map<number, Awaited<ReturnType<typeof targetChat>>>>();

async function targetOf(context: OperationContext, itemIndex: number): Promise<Awaited<ReturnType<typeof targetChat>>> {
	const known = targets.get(context) ?? new Map<number, Awaited<ReturnType<typeof targetChat>>>();
	targets.set(context, known);
	const chat = known.get(itemIndex) ?? (await targetChat(context, itemIndex));
	known.set(itemIndex, chat);
	return chat;
}

/** What an item asks to send. */
interface Words {
	readonly text: string;
	/** Binary fields of the item. */
	readonly files: readonly string[];
}

/** Undefined where there is nothing to send: no text and no file, or a model's word for silence. */
function wordsOf(host: IExecuteFunctions, itemIndex: number): Words | undefined {
	const options = host.getNodeParameter('options', itemIndex, {});
	const text = textParameter(host, 'text', itemIndex);
	const files = listOf(options.attachments);
	const isNothing = text.trim() === '' && files.length === 0;
	return isNothing || isSkipped(text, options.skipText) ? undefined : { text, files };
}

async function execute(context: OperationContext, itemIndex: number): Promise<OperationResult> {
	const { host, session, signal } = context;
	const words = wordsOf(host, itemIndex);
	if (!words) return json({ sent: false });
	const { text } = words;
	const options = host.getNodeParameter('options', itemIndex, {});
	const chat = await targetOf(context, itemIndex);
	const files: FileToSend[] = [];
	for (const property of words.files) files.push(await binaryFile(host, itemIndex, property));
	const result = await sendMessage(session, {
		chat,
		text: text.trim() === '' ? '' : text,
		format: options.format === 'code' ? 'code' : 'text',
		mentionIds: listOf(options.mentionIds),
		files,
		uploaded: [],
		filesBefore: options.attachmentsOrder === 'before',
		signal,
	});
	const { messageId, createdAt, confirmedBy } = result.confirmation;
	return json({
		sent: true,
		messageId,
		...chatFields(chat),
		createdAt: new Date(createdAt * 1000).toISOString(),
		timestamp: createdAt,
		text,
		mentions: [...result.mentions],
		attachments: result.files.map((file) => attachment(file, context)),
		confirmedBy,
	});
}

export const send: Operation = {
	description,
	lane: async (context, itemIndex) => (wordsOf(context.host, itemIndex) ? chatKey(await targetOf(context, itemIndex)) : ''),
	execute,
};

function chatFields(chat: Chat): { chatId: string; chatType: string } {
	return { chatId: toChatReference(chat), chatType: chat.type };
}

function attachment({ messageId, fileName, kind, url, fileSize }: SentFile, { session }: OperationContext): IDataObject {
	return { messageId, fileName, kind, url: session.absoluteUrl(url), fileSize };
}

function isSkipped(text: string, skipText: unknown): boolean {
	const word = typeof skipText === 'string' ? skipText.trim() : 'NO_REPLY';
	return word !== '' && text.trim() === word;
}
