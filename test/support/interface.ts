import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';

/** What workflows depend on: names, values and defaults. Words for people may change. */

type Plain = Record<string, unknown>;

/** A node or a credential, as far as a workflow names it. */
interface Described {
	readonly name: string;
	readonly version?: unknown;
	readonly inputs?: unknown;
	readonly outputs?: unknown;
	readonly usableAsTool?: unknown;
	readonly credentials?: unknown;
	readonly properties: readonly INodeProperties[];
}

/** The fields of a node or a credential, in an order of their own: moving a field is no change. */
export function describedInterface({ properties, ...node }: Described): Plain {
	const { name, version, inputs, outputs, usableAsTool, credentials } = node;
	return {
		...given({ name, version, inputs, outputs, usableAsTool, credentials }),
		parameters: inOrder(properties.map(parameter)),
	};
}

function parameter(property: INodeProperties): Plain {
	const { name, type, default: value, required, noDataExpression, displayOptions } = property;
	const { loadOptionsMethod, multipleValues, password } = property.typeOptions ?? {};
	return given({
		name,
		type,
		default: value,
		required,
		noDataExpression,
		displayOptions,
		loadOptionsMethod,
		multipleValues,
		password,
		modes: property.modes?.map((mode) => given({ name: mode.name, type: mode.type })),
		options: property.options && inOrder(property.options.map(option)),
	});
}

/** A value to choose, a field of a collection, or a group of fields. */
function option(entry: INodePropertyOptions | INodeProperties | INodePropertyCollection): Plain {
	if ('values' in entry) return { name: entry.name, values: inOrder(entry.values.map(parameter)) };
	return 'value' in entry ? { value: entry.value } : parameter(entry);
}

function inOrder(entries: readonly Plain[]): Plain[] {
	const key = (entry: Plain) => JSON.stringify([entry.name, entry.value, entry]);
	return [...entries].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function given(fields: Plain): Plain {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/**
 * The fields of items with the types that they have in these examples, such as
 * `{ 'sender.name': 'string', 'mentions[]': 'string', roster: 'array' }`.
 */
export function itemFields(examples: readonly unknown[]): Record<string, string> {
	const types = new Map<string, Set<string>>();
	const see = (path: string, value: unknown) => {
		const known = types.get(path) ?? new Set();
		types.set(path, known.add(typeName(value)));
		if (Array.isArray(value)) for (const each of value) see(`${path}[]`, each);
		else if (typeof value === 'object' && value !== null)
			for (const [name, inner] of Object.entries(value)) see(`${path}.${name}`, inner);
	};
	for (const example of examples)
		for (const [name, value] of Object.entries(example as Plain)) see(name, value);
	return Object.fromEntries(
		[...types]
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([path, names]) => [path, [...names].sort().join(' or ')]),
	);
}

function typeName(value: unknown): string {
	if (value === null) return 'null';
	return Array.isArray(value) ? 'array' : typeof value;
}
