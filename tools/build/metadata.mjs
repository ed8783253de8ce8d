import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, posix } from 'node:path';

/**
 * Writes the four files from which n8n knows nodes and credentials without running their code
 * (2.41: LazyPackageDirectoryLoader). `dist/known/*.json` says where a class is,
 * `dist/types/*.json` what the editor shows of it. Where one is missing or unreadable n8n loads
 * every class at its start instead.
 */
export async function writeMetadata({ root, dist }) {
	const { name, version, n8n } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
	const load = classLoader(root);
	const nodes = n8n.nodes.map((path) => ({ path, node: load(path), className: className(path) }));
	const credentials = n8n.credentials.map((path) => ({
		path,
		credential: load(path),
		className: className(path),
	}));
	const usedBy = ({ credential }) =>
		nodes
			.filter(({ node }) =>
				node.description.credentials?.some((each) => each.name === credential.name),
			)
			.map(({ node }) => node.description.name);
	await writeAll(dist, {
		'known/nodes.json': known(nodes, ({ node }) => node.description.name),
		'known/credentials.json': known(
			credentials,
			({ credential }) => credential.name,
			(each) => ({ supportedNodes: usedBy(each) }),
		),
		'types/nodes.json': await Promise.all(
			nodes.map((each) => nodeType({ ...each, root, name, version })),
		),
		'types/credentials.json': credentials.map((each) => ({
			...withIconUrl(each.credential, each.path, name),
			supportedNodes: usedBy(each),
		})),
	});
}

function classLoader(root) {
	const require = createRequire(join(root, 'package.json'));
	return (path) => new (require(`./${path}`)[className(path)])();
}

const className = (path) => basename(path).split('.')[0];

function known(items, nameOf, more = () => ({})) {
	return Object.fromEntries(
		items.map((item) => [
			nameOf(item),
			{ className: item.className, sourcePath: item.path, ...more(item) },
		]),
	);
}

async function nodeType({ root, path, node, name, version }) {
	const codex = await codexOf(join(root, `${path}on`));
	return {
		...withIconUrl(node.description, path, name),
		communityNodePackageVersion: version,
		...(codex && { codex }),
	};
}

/** The parts of a codex file that n8n's own loader takes over. */
async function codexOf(file) {
	if (!existsSync(file)) return undefined;
	const { categories, subcategories, alias, resources } = JSON.parse(await readFile(file, 'utf8'));
	const { primaryDocumentation, credentialDocumentation } = resources ?? {};
	return {
		categories,
		subcategories,
		alias,
		resources: { primaryDocumentation, credentialDocumentation },
	};
}

/** `file:` icons become addresses under n8n's /icons/, relative to the package. */
function withIconUrl({ icon, ...rest }, path, packageName) {
	const url = (value) =>
		posix.join('icons', packageName, dirname(path), value.replace('file:', ''));
	if (icon === undefined) return rest;
	return {
		...rest,
		iconUrl:
			typeof icon === 'string' ? url(icon) : { light: url(icon.light), dark: url(icon.dark) },
	};
}

async function writeAll(dist, files) {
	for (const [path, data] of Object.entries(files)) {
		const file = join(dist, path);
		await mkdir(dirname(file), { recursive: true });
		await writeFile(file, `${JSON.stringify(data, null, '\t')}\n`);
	}
}
