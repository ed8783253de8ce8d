import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
	INodePropertyOptions,
} from 'n8n-workflow';
import { searchable } from '../../../client/protocol/folded-name';
import { loadChats, loadDirectPeers, loadGroups } from '../../shared/loaded-options';

/** The searchable lists behind "From List", fresh each time they are opened. */

export async function searchChats(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return { results: matching(await loadChats.call(this), filter) };
}

export async function searchGroups(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return { results: matching(await loadGroups.call(this), filter) };
}

/** Those who have a direct chat with the agent. */
export async function searchPeople(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return { results: matching(await loadDirectPeers.call(this), filter) };
}

/**
 * Those with these words in the name, what they are, or the ID. All is said in the name: the editor
 * shows nothing else of an entry.
 */
function matching(options: readonly INodePropertyOptions[], filter = ''): INodeListSearchItems[] {
	const wanted = searchable(filter);
	const id = filter.trim().toLowerCase();
	const entries = options.map(({ name, value, description }) => ({
		name: description ? `${name} (${description})` : name,
		value: String(value),
	}));
	return entries.filter(
		({ name, value }) => searchable(name).includes(wanted) || value.toLowerCase() === id,
	);
}
