import type { ILoadOptionsFunctions, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';
import { loadChats, loadDirectPeers } from '../../shared/loaded-options';

/** The searchable lists behind "From List", fresh each time they are opened. */

export async function searchChats(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	return { results: matching(await loadChats.call(this), filter) };
}

/** Those who have a direct chat with the agent. */
export async function searchPeople(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	return { results: matching(await loadDirectPeers.call(this), filter) };
}

function matching(options: ReadonlyArray<{ name: string; value: unknown; description?: string }>, filter = ''): INodeListSearchItems[] {
	const wanted = filter.trim().toLowerCase();
	return options
		.filter(({ name }) => name.toLowerCase().includes(wanted))
		.map(({ name, value, description }) => ({ name: description ? `${name} (${description})` : name, value: String(value) }));
}
