import { AgentClubError, describeError } from '../errors';
import type { AgentHttp } from '../http/agent-http';
import type { UploadedFile } from '../protocol/answers';
import type { Chat } from '../protocol/chat';
import type { FileKind } from '../protocol/file-kinds';
import { composeFile, composeText, type Outgoing } from './compose';
import type { Confirmation } from './pending-send';
import { mentionsIn } from './mentions';
import { checkFile, type FileToSend, uploadFile } from './upload';

/** A file that lies on the server already, with the name that people will see. */
export interface FileOnServer extends UploadedFile {
	readonly fileSize: number | null;
}

export interface SendRequest {
	readonly chat: Chat;
	/** "" when there are only files. */
	readonly text: string;
	readonly format: 'text' | 'code';
	/**
	 * User ids to mention in addition to those in the text's tags; without a text the first file
	 * mentions them.
	 */
	readonly mentionIds: readonly string[];
	readonly files: readonly FileToSend[];
	/** Sent after `files`. */
	readonly uploaded: readonly FileOnServer[];
	readonly filesBefore: boolean;
	/**
	 * What became of this in earlier tries: what was confirmed is not sent again. What becomes of it
	 * now is added.
	 */
	readonly tried?: TriedParts;
	readonly signal?: AbortSignal;
}

/** Parts that have left, by their place: "text", or "file" and a number. */
export type TriedParts = Map<string, TriedPart>;

export interface SentFile {
	readonly messageId: string;
	readonly fileName: string;
	readonly kind: FileKind;
	/** As the server gave it. */
	readonly url: string;
	readonly fileSize: number | null;
}

export interface SendResult {
	/** Of the text, or of the first file where there is no text. */
	readonly confirmation: Confirmation;
	/** As it was sent; "" without a text. */
	readonly text: string;
	readonly mentions: readonly string[];
	readonly files: readonly SentFile[];
}

export interface SendingSession {
	readonly http: AgentHttp;
	/** Asks over HTTP, again where the server was away. */
	ask<T>(question: () => Promise<T>, signal?: AbortSignal): Promise<T>;
	/** @param leftAt see Outbox.send */
	send(outgoing: Outgoing, signal?: AbortSignal, leftAt?: number): Promise<Confirmation>;
}

/**
 * Sends a text and files into one chat. Everything is checked and uploaded before the first message
 * leaves. Each file is a message of its own. An error says what was sent before it.
 * @throws AgentClubError
 */
export async function sendMessage(
	session: SendingSession,
	request: SendRequest,
): Promise<SendResult> {
	const { chat, text, filesBefore, signal, tried = new Map<string, TriedPart>() } = request;
	const mentions = mentionsIn(text, request.format, request.mentionIds);
	const words =
		text === ''
			? []
			: [{ key: 'text', outgoing: composeText(chat, text, request.format, request.mentionIds) }];
	const files = await uploadAll(session, request, tried);
	const mentionedBy = (index: number) => (text === '' && index === 0 ? mentions : []);
	const parts = files.map(
		(file, index): Part => ({
			key: fileKey(index),
			file,
			outgoing: composeFile(chat, file, file.fileName, mentionedBy(index)),
		}),
	);
	parts.splice(filesBefore ? parts.length : 0, 0, ...words);
	const sent = await sendInOrder(session, parts, tried, signal);
	const main = sent.find((part) => !part.file) ?? sent[0];
	if (!main) throw new AgentClubError('SETTINGS', 'There is nothing to send: no text and no file');
	return {
		confirmation: main.confirmation,
		text: main.outgoing.content,
		mentions: main.outgoing.mentions,
		files: sent.flatMap(toSentFile),
	};
}

interface Part {
	readonly key: string;
	readonly file?: FileOnServer;
	readonly outgoing: Outgoing;
}

interface SentPart extends Part {
	readonly confirmation: Confirmation;
}

export interface TriedPart extends Part {
	/** Undefined where nobody knows the outcome. */
	readonly confirmation?: Confirmation;
	/** Wall time (ms) when a part of unknown outcome left. */
	readonly leftAt?: number;
}

function fileKey(index: number): string {
	return `file ${index}`;
}

async function uploadAll(
	session: SendingSession,
	request: SendRequest,
	tried: TriedParts,
): Promise<FileOnServer[]> {
	for (const file of request.files) checkFile(file);
	const uploaded: FileOnServer[] = [];
	for (const [index, file] of request.files.entries())
		uploaded.push(tried.get(fileKey(index))?.file ?? (await upload(session, file, request.signal)));
	return [...uploaded, ...request.uploaded];
}

async function upload(
	session: SendingSession,
	file: FileToSend,
	signal: AbortSignal | undefined,
): Promise<FileOnServer> {
	const { url, kind } = await session.ask(() => uploadFile(session.http, file, signal), signal);
	return { url, kind, fileName: file.fileName, fileSize: file.size ?? null };
}

async function sendInOrder(
	session: SendingSession,
	parts: readonly Part[],
	tried: TriedParts,
	signal: AbortSignal | undefined,
): Promise<SentPart[]> {
	const sent: SentPart[] = [];
	for (const part of parts) {
		try {
			sent.push(await sendPart(session, part, tried, signal));
		} catch (error) {
			throw sent.length === 0 ? error : incomplete(error, sent);
		}
	}
	return sent;
}

async function sendPart(
	session: SendingSession,
	part: Part,
	tried: TriedParts,
	signal: AbortSignal | undefined,
): Promise<SentPart> {
	const { confirmation, leftAt, ...before }: TriedPart = tried.get(part.key) ?? part;
	if (confirmation) return { ...before, confirmation };
	try {
		const sent = { ...before, confirmation: await session.send(before.outgoing, signal, leftAt) };
		tried.set(part.key, sent);
		return sent;
	} catch (error) {
		if (error instanceof AgentClubError && error.leftAt !== undefined)
			tried.set(part.key, { ...before, leftAt: error.leftAt });
		throw error;
	}
}

function incomplete(error: unknown, sent: readonly SentPart[]): AgentClubError {
	const known = error instanceof AgentClubError ? error : undefined;
	const list = sent
		.map((part) => (part.file ? `the file "${part.file.fileName}"` : 'the text'))
		.join(', ');
	return new AgentClubError(
		known?.code ?? 'OUTCOME_UNKNOWN',
		`Only a part was sent (${list}). Then: ${describeError(error)}`,
		{
			...(known?.remedy && { remedy: known.remedy }),
			...(known?.serverText !== undefined && { serverText: known.serverText }),
			cause: error,
		},
	);
}

function toSentFile({ file, confirmation }: SentPart): SentFile[] {
	if (!file) return [];
	return [
		{
			messageId: confirmation.messageId,
			fileName: file.fileName,
			kind: file.kind,
			url: file.url,
			fileSize: file.fileSize,
		},
	];
}
