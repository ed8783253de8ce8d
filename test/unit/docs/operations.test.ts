import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { AgentClub } from '../../../nodes/AgentClub/AgentClub.node';

const { properties } = new AgentClub().description;
const page = (name: string) => readFileSync(resolve(__dirname, '../../..', name), 'utf8');

interface OperationNames {
	/** As people see them. */
	readonly title: string;
	readonly resource: string;
	readonly operation: string;
}

function optionsOf({ options = [] }: INodeProperties): INodePropertyOptions[] {
	return options as INodePropertyOptions[];
}

const resources = properties.filter(({ name }) => name === 'resource').flatMap(optionsOf);

/** Every operation that the editor offers. */
const operations = properties
	.filter(({ name }) => name === 'operation')
	.flatMap((field) => {
		const [resource] = field.displayOptions?.show?.resource ?? [];
		const { name = '', value } = resources.find((each) => each.value === resource) ?? {};
		return optionsOf(field).map(
			(option): OperationNames => ({
				title: `${name}: ${option.name}`,
				resource: String(value),
				operation: String(option.value),
			}),
		);
	});

describe('the operations of the node', () => {
	it('are all in the reference, and nothing else is', () => {
		const headings = [
			...page('docs/reference.md').matchAll(/^### (\w+: .+) \(`(\w+)`, `(\w+)`\)$/gm),
		].map(([, title = '', resource = '', operation = '']) => ({ title, resource, operation }));

		const byTitle = (one: OperationNames, other: OperationNames) =>
			one.title.localeCompare(other.title);
		expect(headings.sort(byTitle)).toEqual([...operations].sort(byTitle));
	});

	it.each(['README.md', 'README.zh-CN.md'])('are all at a glance in %s', (readme) => {
		const rows = page(readme).split('\n');
		const missing = operations.filter(({ title }) => {
			const [resource = '', operation = ''] = title.split(': ');
			return !rows.some(
				(row) => row.startsWith('| ') && row.includes(resource) && row.includes(operation),
			);
		});

		expect(missing).toEqual([]);
	});

	it('are named as they are wherever a field says for which of them it is shown', () => {
		const shown = properties.flatMap(({ displayOptions }) => {
			const { resource = [], operation = [] } = (displayOptions?.show ?? {}) as Record<
				string,
				string[] | undefined
			>;
			return resource.flatMap((of) => operation.map((name) => `${of}: ${name}`));
		});
		const known = operations.map(({ resource, operation }) => `${resource}: ${operation}`);

		expect([...new Set(shown)].filter((name) => !known.includes(name))).toEqual([]);
	});
});
