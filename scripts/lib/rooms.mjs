// Which room may know which (docs/architecture.md). Pure: facts in, sentences about what is wrong out.

import { posix } from 'node:path';

/** What a crate may depend on, of this repository. A crate that is not listed here may not exist. */
const CRATES = {
	'patchbay-package': [],
	'patchbay-registry': ['patchbay-package'],
	'patchbay-local': [],
	'patchbay-search': ['patchbay-package'],
	'patchbay-client': ['patchbay-package', 'patchbay-registry', 'patchbay-local', 'patchbay-search'],
	'patchbay-cli': ['patchbay-package', 'patchbay-registry', 'patchbay-client'],
	'patchbay-app': ['patchbay-client'],
	'patchbay-testkit': ['patchbay-package', 'patchbay-registry'],
};

/** Fixtures and faults: for tests alone. */
const TEST_ONLY = 'patchbay-testkit';

/** The window's crate; nothing else may know of windows, not even through somebody else's crate. */
const WINDOW = 'patchbay-app';
const WINDOWING = /^(tauri|wry|tao|webkit2gtk|gtk)(-|$)/;

/** What a folder of ui/src may import, beside itself. The first entry is the files that lie directly in ui/src. */
const FOLDERS = {
	'.': ['views', 'state', 'parts', 'lib', 'generated', 'backend', 'styles'],
	views: ['state', 'parts', 'lib', 'generated'],
	state: ['backend', 'lib', 'generated'],
	parts: ['lib', 'generated'],
	lib: ['generated'],
	backend: ['generated'],
	generated: [],
	styles: [],
};

/** What is wrong with the crates, from `cargo metadata`. */
export function crateFaults({ packages, workspace_members: members, resolve }) {
	const own = packages.filter(({ id }) => members.includes(id));
	const known = new Set(own.map(({ name }) => name));
	return own.flatMap(({ id, name, dependencies }) => {
		if (!(name in CRATES)) return [`${name} is not in the list of rooms.`];
		const used = dependencies.filter((dependency) => known.has(dependency.name));
		const forbidden = used
			.filter(({ kind }) => kind !== 'dev')
			.filter((dependency) => !CRATES[name].includes(dependency.name))
			.map((dependency) =>
				dependency.name === TEST_ONLY
					? `${name} uses ${TEST_ONLY} outside its tests.`
					: `${name} may not depend on ${dependency.name}.`,
			);
		const windowing =
			name === WINDOW ? [] : reached(resolve, packages, id).filter((other) => WINDOWING.test(other));
		return [...forbidden, ...windowing.map((other) => `${name} reaches ${other}; only ${WINDOW} may.`)];
	});
}

/** The names of all crates that a crate is built with, its tests included. */
function reached({ nodes }, packages, start) {
	const edges = new Map(nodes.map(({ id, dependencies }) => [id, dependencies]));
	const names = new Map(packages.map(({ id, name }) => [id, name]));
	const seen = new Set([start]);
	for (const id of seen) for (const next of edges.get(id) ?? []) seen.add(next);
	return [...seen].map((id) => names.get(id));
}

/** What is wrong with the page's imports. `files` maps a path inside ui/src to its text. */
export function importFaults(files) {
	return [...files].flatMap(([path, text]) => imports(text).flatMap((target) => faultsOf(path, target)));
}

function faultsOf(path, target) {
	const from = folder(path);
	if (target.startsWith('@tauri-apps/')) {
		return from === 'backend' ? [] : [`${path} imports ${target}; only backend may talk to the host.`];
	}
	// A test may look everywhere, and packages are everybody's.
	if (!target.startsWith('.') || isTest(path)) return [];
	const to = folder(posix.normalize(posix.join(posix.dirname(path), target)));
	if (!(from in FOLDERS)) return [`${path} is in a folder that is not in the list of rooms.`];
	return from === to || FOLDERS[from].includes(to)
		? []
		: [`${path} may not import ${target}: ${from} does not know ${to}.`];
}

/** `./backend` names the folder's index, and `./App.svelte` a file that lies in none. */
function folder(path) {
	const [first, ...rest] = path.split('/');
	return rest.length > 0 || first in FOLDERS ? first : '.';
}

const isTest = (path) => /\.test\.ts$/.test(path) || path.startsWith('tests/');

function imports(text) {
	const found = text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"]+)\1/g);
	return [...found].map((match) => match[2]);
}

/**
 * What of a crate's tests is compiled by nobody. `manifest` is its Cargo.toml; `files` are those that lie directly in its `tests`, by name,
 * with what is in them. Without `autotests` Cargo runs what the manifest names, and says nothing of the rest.
 */
export function testFaults(manifest, files) {
	if (!/^autotests = false$/m.test(manifest)) return [];
	const targets = [...manifest.matchAll(/^path = "tests\/(.+)"$/gm)].map(([, name]) => name);
	const modules = targets.flatMap((name) =>
		[...(files.get(name) ?? '').matchAll(/^mod (\w+);$/gm)].map(([, module]) => `${module}.rs`),
	);
	return [...files.keys()]
		.filter((name) => !targets.includes(name) && !modules.includes(name))
		.map((name) => `tests/${name} is in no program.`);
}
