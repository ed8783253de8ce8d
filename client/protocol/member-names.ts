import type { Member } from './answers';
import { foldedNames, foldedPiece, looseNames } from './folded-name';
import { EVERYONE } from './mention-tags';

/** Whose name it is; "several" for a name that two members share, which mentions nobody. */
export type NameOwner = Member | typeof EVERYONE | 'several';

/** A node of the tree of names: the letters that may come next, and who is called so. */
interface LetterNode {
	readonly next: Map<string, LetterNode>;
	owner?: NameOwner;
	/** Who is meant where nobody is called exactly so. */
	looseOwner?: NameOwner;
}

export interface FoundName {
	readonly owner: NameOwner;
	/** Where the name ends in the text. */
	readonly end: number;
}

/** An ID as the servers make it. */
const ID = /u_\w{1,64}/iy;

/**
 * The names in a group, as a tree of their letters: finding one takes as long as the name is,
 * however many members there are.
 */
export class MemberNames {
	private static readonly known = new WeakMap<readonly Member[], MemberNames>();
	private readonly root: LetterNode = { next: new Map() };
	private readonly sharing = new Set<string>();
	private readonly ids = new Map<string, Member>();

	/** Made once for a roster, which serves many messages. */
	static of(members: readonly Member[]): MemberNames {
		const known = this.known.get(members) ?? new MemberNames(members);
		this.known.set(members, known);
		return known;
	}

	private constructor(members: readonly Member[]) {
		for (const member of members) {
			this.ids.set(member.id.toLowerCase(), member);
			for (const name of foldedNames(member.name)) this.add(name, member);
			for (const name of looseNames(member.name)) this.addLoose(name, member);
		}
		this.nodeOf(EVERYONE).owner ??= EVERYONE;
	}

	/** The ids of members whose name another member has too, as far as a reader can tell. */
	get ambiguousIds(): ReadonlySet<string> {
		return this.sharing;
	}

	/**
	 * The longest name that stands in the text at this place; undefined where none does.
	 * @param mayEnd whether a name can end at a place of the text
	 */
	longestAt(text: string, at: number, mayEnd: (end: number) => boolean): FoundName | undefined {
		let found: FoundName | undefined;
		let node: LetterNode | undefined = this.root;
		for (let end = at; end < text.length; ) {
			const piece = foldedPiece(text, end, !node.next.has('\\'));
			for (const letter of piece.folded) node = node?.next.get(letter);
			if (!node) break;
			end = piece.end;
			const owner = node.owner ?? node.looseOwner;
			if (owner !== undefined && piece.folded !== '' && mayEnd(end)) found = { owner, end };
		}
		return found;
	}

	/** Whose name the whole text is. */
	ownerOf(text: string): NameOwner | undefined {
		const name = text.trim();
		return this.longestAt(name, 0, (end) => end === name.length)?.owner;
	}

	/** The member whose ID stands in the text at this place; as `longestAt`. */
	idAt(text: string, at: number, mayEnd: (end: number) => boolean): FoundName | undefined {
		ID.lastIndex = at;
		const id = ID.exec(text)?.[0];
		const owner = id === undefined ? undefined : this.ids.get(id.toLowerCase());
		if (id === undefined || !owner || !mayEnd(at + id.length)) return undefined;
		return { owner, end: at + id.length };
	}

	private add(name: string, member: Member): void {
		const node = this.nodeOf(name);
		const { owner } = node;
		if (owner === undefined) node.owner = member;
		else if (typeof owner === 'string' || owner.id !== member.id) {
			if (typeof owner !== 'string') this.sharing.add(owner.id);
			this.sharing.add(member.id);
			node.owner = 'several';
		}
	}

	private addLoose(name: string, member: Member): void {
		const node = this.nodeOf(name);
		const { looseOwner } = node;
		const isAnothers = typeof looseOwner === 'object' && looseOwner.id !== member.id;
		node.looseOwner = isAnothers || looseOwner === 'several' ? 'several' : member;
	}

	private nodeOf(name: string): LetterNode {
		let node = this.root;
		for (const letter of name) {
			const next = node.next.get(letter) ?? { next: new Map<string, LetterNode>() };
			node.next.set(letter, next);
			node = next;
		}
		return node;
	}
}
