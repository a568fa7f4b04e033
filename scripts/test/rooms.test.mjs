import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { at, root } from '../lib/places.mjs';
import { crateFaults, importFaults, testFaults } from '../lib/rooms.mjs';

test('every crate keeps to its room', () => {
	const { stdout, stderr, status } = spawnSync('cargo', ['metadata', '--format-version', '1', '--locked'], {
		cwd: root,
		encoding: 'utf8',
		maxBuffer: 1 << 28,
	});
	assert.equal(status, 0, stderr);
	assert.deepEqual(crateFaults(JSON.parse(stdout)), []);
});

test('every folder of the page keeps to its room', () => {
	const folder = at('ui/src');
	const sources = readdirSync(folder, { recursive: true }).filter((name) => /\.(ts|svelte)$/.test(name));
	const files = new Map(
		sources.map((name) => [name.replaceAll('\\', '/'), readFileSync(join(folder, name), 'utf8')]),
	);
	assert.ok(files.size > 50, 'the sources were not found');
	assert.deepEqual(importFaults(files), []);
});

test('every test is in a program', () => {
	const crates = readdirSync(at('crates')).filter((name) => existsSync(at(`crates/${name}/tests`)));
	assert.ok(crates.length > 4, 'the crates were not found');
	for (const name of crates) {
		const folder = at(`crates/${name}/tests`);
		const sources = readdirSync(folder).filter((file) => file.endsWith('.rs'));
		const files = new Map(sources.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
		assert.deepEqual(testFaults(readFileSync(at(`crates/${name}/Cargo.toml`), 'utf8'), files), [], name);
	}
});

test('a test that is in no program is seen', () => {
	const files = new Map([
		['main.rs', '//! All.\nmod one;\n'],
		['one.rs', ''],
		['two.rs', ''],
		['alone.rs', ''],
	]);
	const target = (name) => `[[test]]\nname = "${name}"\npath = "tests/${name}.rs"\n`;
	assert.deepEqual(testFaults(`autotests = false\n${target('main')}${target('alone')}`, files), [
		'tests/two.rs is in no program.',
	]);
	assert.deepEqual(testFaults('', files), []);
});

/** `cargo metadata` of crates that use each other: `{name: {uses, dev, through}}`. */
function metadata(crates, others = []) {
	const packages = Object.entries(crates).map(([name, { uses = [], dev = [] }]) => ({
		id: name,
		name,
		dependencies: [
			...uses.map((used) => ({ name: used, kind: null })),
			...dev.map((used) => ({ name: used, kind: 'dev' })),
		],
	}));
	const nodes = packages.map(({ id, dependencies }) => ({
		id,
		dependencies: dependencies.map(({ name }) => name),
	}));
	const outside = others.map(([id, ...dependencies]) => ({ id, dependencies }));
	return {
		packages: [...packages, ...outside.map(({ id }) => ({ id, name: id, dependencies: [] }))],
		workspace_members: Object.keys(crates),
		resolve: { nodes: [...nodes, ...outside] },
	};
}

test('a wrong direction between crates is seen', () => {
	const faults = (crates, others) => crateFaults(metadata(crates, others));
	assert.deepEqual(faults({ 'patchbay-package': { uses: ['patchbay-registry'] }, 'patchbay-registry': {} }), [
		'patchbay-package may not depend on patchbay-registry.',
	]);
	assert.deepEqual(faults({ 'patchbay-registry': { uses: ['patchbay-local'] }, 'patchbay-local': {} }), [
		'patchbay-registry may not depend on patchbay-local.',
	]);
	assert.deepEqual(faults({ 'patchbay-client': { uses: ['patchbay-cli'] }, 'patchbay-cli': {} }), [
		'patchbay-client may not depend on patchbay-cli.',
	]);
	assert.deepEqual(faults({ 'patchbay-app': { uses: ['patchbay-registry'] }, 'patchbay-registry': {} }), [
		'patchbay-app may not depend on patchbay-registry.',
	]);
	assert.deepEqual(faults({ 'patchbay-search': { uses: ['patchbay-registry'] }, 'patchbay-registry': {} }), [
		'patchbay-search may not depend on patchbay-registry.',
	]);
	assert.deepEqual(faults({ 'patchbay-util': {} }), ['patchbay-util is not in the list of rooms.']);
});

test('the test kit is for tests', () => {
	const kit = { 'patchbay-testkit': {} };
	assert.deepEqual(crateFaults(metadata({ 'patchbay-client': { dev: ['patchbay-testkit'] }, ...kit })), []);
	assert.deepEqual(crateFaults(metadata({ 'patchbay-client': { uses: ['patchbay-testkit'] }, ...kit })), [
		'patchbay-client uses patchbay-testkit outside its tests.',
	]);
});

test('a window is seen through somebody else’s crate too', () => {
	assert.deepEqual(
		crateFaults(
			metadata({ 'patchbay-client': { uses: ['dialogs'] } }, [
				['dialogs', 'tauri-plugin-x'],
				['tauri-plugin-x'],
			]),
		),
		['patchbay-client reaches tauri-plugin-x; only patchbay-app may.'],
	);
	assert.deepEqual(
		crateFaults(metadata({ 'patchbay-app': { uses: ['tauri'] } }, [['tauri', 'wry'], ['wry']])),
		[],
	);
});

test('a wrong direction in the page is seen', () => {
	const faults = (path, text) => importFaults(new Map([[path, text]]));
	const wrong = [
		['parts/Row.svelte', "import { useApp } from '../state';", 'parts does not know state'],
		['parts/Row.svelte', "import X from '../views/x/X.svelte'", 'parts does not know views'],
		['views/a/A.svelte', "const { tauri } = await import('../../backend');", 'views does not know backend'],
		['state/app.svelte.ts', 'export * from "../parts";', 'state does not know parts'],
		['backend/tauri.ts', "import { m } from '../lib/messages';", 'backend does not know lib'],
		['lib/format.ts', "import { app } from '../state/app.svelte';", 'lib does not know state'],
		['views/a/A.svelte', "import App from '../../App.svelte';", 'views does not know .'],
		['helpers/a.ts', "import './b/c';", 'not in the list of rooms'],
	];
	for (const [path, text, said] of wrong) {
		const found = faults(path, text);
		assert.equal(found.length, 1, `${path}: ${text}`);
		assert.ok(found[0].includes(said), found[0]);
	}
	const right = [
		['App.svelte', "import { views } from './views/table';"],
		['views/a/A.svelte', "import { Button } from '../../parts';\nimport B from './B.svelte';"],
		['state/jobs.svelte.ts', "import type { Backend } from '../backend';"],
		['state/jobs.test.ts', "import { memory } from '../backend/memory';\nimport { Row } from '../parts';"],
	];
	for (const [path, text] of right) assert.deepEqual(faults(path, text), []);
});

test('only the backend talks to the host, in tests too', () => {
	const text = "import { invoke } from '@tauri-apps/api/core';";
	for (const path of ['state/app.svelte.ts', 'App.svelte', 'parts/Row.test.ts', 'views/a/A.svelte']) {
		assert.equal(importFaults(new Map([[path, text]])).length, 1, path);
	}
	assert.deepEqual(importFaults(new Map([['backend/tauri.ts', text]])), []);
});
