import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';
import { AgentClub } from '../../nodes/AgentClub/AgentClub.node';
import { AgentClubTrigger } from '../../nodes/AgentClubTrigger/AgentClubTrigger.node';
import type { NodeJson } from '../../playground/host/n8n-types';
import { ACTION_TYPE, TRIGGER_TYPE } from '../../playground/host/workflow-json';
import { example, EXAMPLES, examplesReadme } from '../support/examples';

const STICKY = 'n8n-nodes-base.stickyNote';
/** What n8n adds where a node is used as a tool. */
const TOOL_FIELDS = ['descriptionType', 'toolDescription'];
const PROPERTIES: Readonly<Record<string, INodeProperties[]>> = {
	[TRIGGER_TYPE]: new AgentClubTrigger().description.properties,
	[ACTION_TYPE]: new AgentClub().description.properties,
	[`${ACTION_TYPE}Tool`]: new AgentClub().description.properties,
	[`${ACTION_TYPE}HitlTool`]: new AgentClub().description.properties,
};

interface Box {
	readonly name: string;
	readonly left: number;
	readonly top: number;
	readonly right: number;
	readonly bottom: number;
}

/**
 * Where a node stands on the canvas with its name below it, in pixels; n8n draws agents wide, and
 * what hangs below them as circles.
 */
function boxOf({ name, type, position: [left, top], parameters }: NodeJson): Box {
	if (type === STICKY)
		return {
			name,
			left,
			top,
			right: left + Number(parameters.width),
			bottom: top + Number(parameters.height),
		};
	if (type.endsWith('.agent')) return { name, left, top, right: left + 256, bottom: top + 96 };
	const [width, height] = /\.(lm|memory)|Tool$/.test(type) ? [80, 80] : [96, 96];
	return { name, left: left - 40, top, right: left + width + 40, bottom: top + height + 50 };
}

const overlaps = (a: Box, b: Box) =>
	a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** The names of the fields in a collection of the node, whatever the operation. */
function fieldsOf(properties: readonly INodeProperties[], name: string): string[] {
	const nameOf = (option: INodeProperties | INodePropertyOptions | INodePropertyCollection) =>
		option.name;
	return properties
		.filter((property) => property.name === name && property.type === 'collection')
		.flatMap(({ options = [] }) => options.map(nameOf));
}

it('are all described on their page', () => {
	const linked = Array.from(examplesReadme().matchAll(/\]\(([\w-]+\.json)\)/g), ([, name]) => name);
	expect(linked.sort()).toEqual([...EXAMPLES].sort());
});

describe.each(EXAMPLES)('the example %s', (file) => {
	const { nodes, connections, ...rest } = example(file);

	it('has nothing in it of the n8n that it comes from', () => {
		expect(Object.keys(rest).sort()).toEqual(['name', 'settings']);
		expect(rest.settings).toEqual({ executionOrder: 'v1' });
		for (const node of nodes)
			expect(Object.keys(node).sort()).toEqual([
				'id',
				'name',
				'parameters',
				'position',
				'type',
				'typeVersion',
			]);
		expect(JSON.stringify(nodes)).not.toMatch(
			/\b(gc|dc|u|msg)_[0-9a-f]{8}|cachedResult|127\.0\.0\.1|localhost/,
		);
	});

	it('has connections between nodes that exist, each with a name of its own', () => {
		const names = nodes.map(({ name }) => name);
		expect(new Set(names).size).toBe(names.length);
		const targets = Object.values(connections).flatMap((outputs) =>
			Object.values(outputs)
				.flat(2)
				.map(({ node }) => node),
		);
		for (const name of [...Object.keys(connections), ...targets]) expect(names).toContain(name);
	});

	it('says on notes what to set up and how it works, and nothing lies on anything else', () => {
		expect(nodes.filter(({ type }) => type === STICKY).map(({ name }) => name)).toEqual([
			'Set Up',
			'How It Works',
		]);
		const boxes = nodes.map(boxOf);
		const pairs = boxes.flatMap((box, index) =>
			boxes
				.slice(index + 1)
				.filter((other) => overlaps(box, other))
				.map((other) => `${box.name} / ${other.name}`),
		);
		expect(pairs).toEqual([]);
	});

	it('says which memory workers share, if it has one that they do not', () => {
		const memories = nodes.filter(({ type }) => type.endsWith('.memoryBufferWindow'));
		const [setUp] = nodes.filter(({ name }) => name === 'Set Up');
		const advice = /In queue mode use Postgres or Redis Chat Memory instead of/;
		expect(advice.test(String(setUp?.parameters.content))).toBe(memories.length > 0);
	});

	it('sets only fields that the nodes have', () => {
		for (const { type, parameters } of nodes) {
			const properties = PROPERTIES[type];
			if (!properties) continue;
			const known = [
				...properties.map(({ name }) => name),
				...(type.endsWith('Tool') ? TOOL_FIELDS : []),
			];
			expect(known).toEqual(expect.arrayContaining(Object.keys(parameters)));
			for (const collection of ['options', 'filters']) {
				expect(fieldsOf(properties, collection)).toEqual(
					expect.arrayContaining(Object.keys((parameters[collection] as object | undefined) ?? {})),
				);
			}
		}
	});
});
