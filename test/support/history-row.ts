import type { StoredMessage } from '../../playground/club/club';

/** The keys of a history row that tests look at, as the server names them. */
export interface HistoryRow {
	readonly id: string;
	readonly sender_id: string;
	readonly content: string | null;
	readonly content_type: string | null;
	readonly file_url: string | null;
	readonly file_name: string | null;
	/** JSON text here, unlike in frames. */
	readonly mentions: string;
	readonly created_at: number;
}

/** The row in the words of the `Club` interface; what is null there (G1, G2) is empty here. */
export function storedMessage(row: HistoryRow): StoredMessage {
	return {
		id: row.id,
		senderId: row.sender_id,
		content: row.content ?? '',
		contentType: row.content_type ?? '',
		fileUrl: row.file_url ?? '',
		fileName: row.file_name ?? '',
		mentions: JSON.parse(row.mentions) as string[],
		createdAt: row.created_at,
	};
}
