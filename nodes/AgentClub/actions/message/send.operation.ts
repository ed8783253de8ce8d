import {
	type IDataObject,
	type IExecuteFunctions,
	type INodeProperties,
	updateDisplayOptions,
} from 'n8n-workflow';
import {
	type TriedParts,
	sendMessage,
	type SentFile,
	type TriedPart,
} from '../../../../client/outbound/send';
import type { FileToSend } from '../../../../client/outbound/upload';
import { type Chat, chatKey } from '../../../../client/protocol/chat';
import { toChatReference } from '../../../../client/protocol/chat-reference';
import { targetChat, targetFields } from '../../chats/target';
import { binaryFile } from '../../files/binary-file';
import { json, type Operation, type OperationContext, type OperationResult } from '../operation';
import { nothingSent } from './nothing-sent';
import { checkMentionIdsOf, withMentions } from './send-mentions';
import { readRequest } from './send-request';

const properties: INodeProperties[] = [
	...targetFields,
	{
		displayName: 'Text',
		name: 'text',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '={{ $json.output }}',
		placeholder: 'e.g. Good morning, @Mia!',
		description:
			'What to say, in Markdown; as it comes, the answer of an AI Agent before this node. In ' +
			'a group @Name mentions a member, and so does the tag &lt;at ' +
			'user_id="ID"&gt;name&lt;/at&gt;.',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Allow @All',
				name: 'allowMentionAll',
				type: 'boolean',
				default: false,
				description:
					'Whether @all in the text mentions everybody in the group. The tag &lt;at ' +
					'user_id="all"&gt; always does.',
			},
			{
				displayName: 'Attachments',
				name: 'attachments',
				type: 'string',
				default: '',
				placeholder: 'e.g. data, data_1',
				description:
					'Binary fields of the item to send as files, separated by commas. Each file is a ' +
					'message of its own.',
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
				description: 'Whether files are sent before or after the text',
			},
			{
				displayName: 'Fail When Empty',
				name: 'failWhenEmpty',
				type: 'boolean',
				default: false,
				description:
					'Whether an item without a text and without a file is an error. Otherwise nothing is ' +
					'sent, and the log has a warning. Both name the field of the item that has words.',
			},
			{
				displayName: 'Format',
				name: 'format',
				type: 'options',
				options: [
					{ name: 'Text', value: 'text', description: 'Shown as Markdown' },
					{ name: 'Code', value: 'code', description: 'Shown as it is, in a fixed-width font' },
				],
				default: 'text',
				description: 'How Agent Club shows the text',
			},
			{
				displayName: 'Hide Reasoning',
				name: 'hideReasoning',
				type: 'boolean',
				default: true,
				description:
					'Whether to leave out the &lt;think&gt; block that some models write before their ' +
					'answer, and marks of a chat template around it',
			},
			{
				displayName: 'Mention IDs',
				name: 'mentionIds',
				type: 'string',
				default: '',
				placeholder: 'e.g. u_1f0c..., u_2a9b...',
				description:
					'IDs of more users to mention than those in the text, separated by commas. A name ' +
					'is an error that gives the ID.',
			},
			{
				displayName: 'Resolve Names',
				name: 'resolveNames',
				type: 'boolean',
				default: true,
				description:
					'Whether @Name of a member of the group mentions that member, where only one has ' +
					'that name. Half of a longer word and names in code or links mention nobody.',
			},
			{
				displayName: 'Skip Text',
				name: 'skipText',
				type: 'string',
				default: 'NO_REPLY',
				description:
					'A model that answers with this word, alone or in the first or last line, has ' +
					'decided to say nothing, and nothing is sent. Quotes, Markdown and punctuation ' +
					'around it make no difference. Empty turns that off.',
			},
			{
				displayName: 'Uploaded Files',
				name: 'uploadedFiles',
				type: 'json',
				default: '[]',
				placeholder: 'e.g. {{ $("Upload").all() }}',
				description:
					'Files that the operation File: Upload has put on the server, as that node gives ' +
					'them out. They are sent after the attachments.',
			},
		],
	},
];

const description = updateDisplayOptions(
	{ show: { resource: ['message'], operation: ['send'] } },
	properties,
);

/** The chats of the items, looked up once in `lane` and used in `execute`. */
const targets = new WeakMap<
	IExecuteFunctions,
	Map<number, Awaited<ReturnType<typeof targetChat>>>
>();

async function targetOf(
	context: OperationContext,
	itemIndex: number,
): Promise<Awaited<ReturnType<typeof targetChat>>> {
	const { host } = context;
	const known = targets.get(host) ?? new Map<number, Awaited<ReturnType<typeof targetChat>>>();
	targets.set(host, known);
	const chat = known.get(itemIndex) ?? (await targetChat(context, itemIndex));
	known.set(itemIndex, chat);
	return chat;
}

async function execute(context: OperationContext, itemIndex: number): Promise<OperationResult> {
	const { host, session, signal } = context;
	const request = readRequest(context, itemIndex);
	if (typeof request === 'string') return nothingSent(host, itemIndex, request);
	const chat = await targetOf(context, itemIndex);
	await checkMentionIdsOf(context, request.mentionIds, chat);
	const text = await withMentions(context, request, chat);
	const files: FileToSend[] = [];
	for (const property of request.attachments)
		files.push(await binaryFile(host, itemIndex, property));
	const { format, mentionIds, uploaded, filesBefore } = request;
	const result = await sendMessage(session, {
		chat,
		text,
		format,
		mentionIds,
		files,
		uploaded,
		filesBefore,
		tried: triedOf(context, itemIndex),
		signal,
	});
	const { messageId, createdAt, confirmedBy } = result.confirmation;
	return json({
		sent: true,
		messageId,
		...chatFields(chat),
		createdAt: new Date(createdAt * 1000).toISOString(),
		timestamp: createdAt,
		text: result.text,
		mentions: [...result.mentions],
		attachments: result.files.map((file) => attachment(file, context)),
		confirmedBy,
	});
}

function triedOf({ tried }: OperationContext, itemIndex: number): TriedParts {
	const parts = tried.get(itemIndex) ?? new Map<string, TriedPart>();
	tried.set(itemIndex, parts);
	return parts;
}

export const send: Operation = {
	description,
	lane: async (context, itemIndex) =>
		typeof readRequest(context, itemIndex) === 'string'
			? ''
			: chatKey(await targetOf(context, itemIndex)),
	execute,
	wasSent: ({ json: { sent } }) => sent === true,
};

function chatFields(chat: Chat): { chatId: string; chatType: string } {
	return { chatId: toChatReference(chat), chatType: chat.type };
}

function attachment(
	{ messageId, fileName, kind, url, fileSize }: SentFile,
	{ session }: OperationContext,
): IDataObject {
	return { messageId, fileName, kind, url: session.absoluteUrl(url), fileSize };
}
