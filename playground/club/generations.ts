import type { Generation } from './club';

/** What people and programs read when the server says no; nothing may depend on the wording. */
interface Texts {
	readonly notInGroup: string;
	readonly notInChat: string;
	readonly noHistoryAccess: string;
	readonly noMembersAccess: string;
	readonly missingAuthentication: string;
	readonly invalidToken: string;
	readonly noFile: string;
	readonly unsupportedFile: string;
	readonly internalError: string;
	readonly notSignedIn: string;
}

/** What differs between the generations; everything else is the same in all three. */
export interface Traits {
	readonly prefixes: {
		readonly user: string;
		readonly group: string;
		readonly direct: string;
		readonly message: string;
	};
	readonly tokenPrefix: string;
	/** `auth_ok` before `offline_messages`, or after it. */
	readonly authOkFirst: boolean;
	/** A send is acknowledged with an object, or with nothing. */
	readonly answersSends: boolean;
	/** Membership is asked for in every chat and in the history, or only when sending to a group. */
	readonly checksEveryChat: boolean;
	/**
	 * Opening a direct chat tells the open sockets of both; new in 0.1.62
	 * (`test/contract/delivery.test.ts`).
	 */
	readonly joinsOpenedDirect: boolean;
	/**
	 * A chat that is deleted or cleared has an event of its own. Before, a direct chat went without
	 * an event, and a group with `chat_list_updated`.
	 */
	readonly tellsDeletions: boolean;
	/** Member rows carry `description` and `created_at`. */
	readonly fullMemberRows: boolean;
	/** How odd values are stored: SQLite binds them as they are, Peewee makes text of everything. */
	readonly storage: 'sqlite' | 'peewee';
	readonly texts: Texts;
}

const chinese: Texts = {
	notInGroup: '你不在这个群组中',
	notInChat: '你不在这个对话中',
	noHistoryAccess: '无权访问该会话',
	noMembersAccess: '不在该群组中',
	missingAuthentication: '缺少认证',
	invalidToken: '无效的 Token',
	noFile: '没有文件',
	unsupportedFile: '不支持的文件类型',
	internalError: '服务器内部错误',
	notSignedIn: '未登录',
};

const english: Texts = {
	notInGroup: 'You are not in this group',
	notInChat: 'You are not in this chat',
	noHistoryAccess: 'You do not have access to this chat',
	noMembersAccess: 'You are not in this group',
	missingAuthentication: 'Missing authentication',
	invalidToken: 'Invalid token',
	noFile: 'No file provided',
	unsupportedFile: 'Unsupported file type',
	internalError: 'Internal server error',
	notSignedIn: 'Not signed in',
};

const G1: Traits = {
	prefixes: { user: '', group: '', direct: '', message: '' },
	tokenPrefix: '',
	authOkFirst: false,
	answersSends: false,
	checksEveryChat: false,
	joinsOpenedDirect: false,
	tellsDeletions: false,
	fullMemberRows: false,
	storage: 'sqlite',
	texts: chinese,
};

const G2: Traits = {
	...G1,
	prefixes: { user: 'u_', group: 'gc_', direct: 'dc_', message: 'msg_' },
	tokenPrefix: 'sk_agt_',
	checksEveryChat: true,
};

const G3: Traits = {
	...G2,
	authOkFirst: true,
	answersSends: true,
	joinsOpenedDirect: true,
	tellsDeletions: true,
	fullMemberRows: true,
	storage: 'peewee',
	texts: english,
};

/** Observed on agentclub 0.1.17 (G1), 0.1.35 (G2) and 0.1.62 (G3). */
export const generations: Readonly<Record<Generation, Traits>> = { G1, G2, G3 };
