import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const orNull =
	(check: Check): Check =>
	(value) =>
		value === null || check(value);
const oneOf =
	(...allowed: unknown[]): Check =>
	(value) =>
		allowed.includes(value);
const listOf =
	(check: Check): Check =>
	(value) =>
		Array.isArray(value) && value.every(check);
const shaped =
	(shape: Readonly<Record<string, Check>>): Check =>
	(value) =>
		typeof value === 'object' &&
		value !== null &&
		Object.keys(value).every((key) => Object.hasOwn(shape, key)) &&
		Object.entries(shape).every(([key, check]) => check((value as IDataObject)[key]));

const isKind = oneOf('human', 'agent');
const sender = shaped({ id: isText, name: isText, avatar: isText, kind: isKind });

/** The trigger's item as the reference documents it. */
const ITEM: Readonly<Record<string, Check>> = {
	event: oneOf('message'),
	messageId: isText,
	chatId: isText,
	chatType: oneOf('group', 'direct'),
	chatName: orNull(isText),
	sender,
	self: shaped({ id: isText, name: isText }),
	text: isText,
	plainText: isText,
	command: orNull(shaped({ name: isText, args: isText })),
	messageType: isText,
	mentions: listOf(isText),
	addressedToSelf: isFlag,
	attachments: listOf(
		shaped({
			fileName: isText,
			kind: oneOf('image', 'audio', 'video', 'file'),
			mimeType: orNull(isText),
			fileSize: orNull(isNumber),
			url: isText,
			messageId: isText,
			binaryPropertyName: orNull(isText),
			problem: orNull(isText),
		}),
	),
	messages: listOf(
		shaped({ messageId: isText, text: isText, messageType: isText, timestamp: isNumber }),
	),
	context: listOf(shaped({ messageId: isText, sender, plainText: isText, timestamp: isNumber })),
	roster: listOf(
		shaped({
			id: isText,
			name: isText,
			username: isText,
			kind: isKind,
			isSelf: isFlag,
			isOnline: isFlag,
		}),
	),
	mentionGuide: orNull(isText),
	chatInput: isText,
	sessionId: isText,
	createdAt: (value) => typeof value === 'string' && new Date(value).toISOString() === value,
	timestamp: isNumber,
	problems: listOf(isText),
	delivery: shaped({ source: oneOf('live', 'backlog', 'test'), attempt: isNumber }),
};

/**
 * What is wrong with an item that n8n would get: fields of another type than the reference says, or
 * what cannot be stored as JSON.
 */
export function itemProblems({ json, binary }: INodeExecutionData): string[] {
	const problems = Object.entries(ITEM).flatMap(([field, check]) =>
		check(json[field]) ? [] : [`${field} is not as documented`],
	);
	for (const field of Object.keys(json))
		if (!Object.hasOwn(ITEM, field) && field !== 'raw') problems.push(`${field} is not documented`);
	try {
		JSON.stringify({ json, binary });
	} catch (error) {
		problems.push(`no JSON: ${String(error)}`);
	}
	return problems;
}
