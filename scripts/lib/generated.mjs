// The page's types, written by Rust (ts-rs) and committed in ui/src/generated.

import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { testRust } from './chores.mjs';
import { at } from './places.mjs';
import { Problem } from './say.mjs';

const COMMITTED = at('ui/src/generated');
const FRESH = at('target/generated');

/** Writes the types to a folder of their own and returns the names of what is different in the committed one. */
async function compare() {
	rmSync(FRESH, { recursive: true, force: true });
	mkdirSync(FRESH, { recursive: true });
	// It goes before what .cargo/config.toml says.
	process.env.TS_RS_EXPORT_DIR = FRESH;
	try {
		await testRust('--lib', '--quiet', 'export_bindings');
	} finally {
		delete process.env.TS_RS_EXPORT_DIR;
	}
	const names = new Set([...readdirSync(FRESH), ...readdirSync(COMMITTED)]);
	if (readdirSync(FRESH).length === 0) throw new Problem('Rust wrote no types: is ts-rs still used?');
	return [...names].filter((name) => read(FRESH, name) !== read(COMMITTED, name)).sort();
}

/** Makes the committed types those of Rust; one that is gone there is gone here too. Returns the names of what changed. */
export async function generate() {
	const different = await compare();
	for (const name of different) {
		if (existsSync(join(FRESH, name))) copyFileSync(join(FRESH, name), join(COMMITTED, name));
		else rmSync(join(COMMITTED, name));
	}
	return different;
}

/** Fails when the committed types are not those of Rust. */
export async function checkGenerated() {
	const different = await compare();
	if (different.length === 0) return;
	throw new Problem(
		`ui/src/generated is not what Rust says: ${different.join(', ')}. Run npm run gen, look at it, and commit it.`,
	);
}

function read(folder, name) {
	const path = join(folder, name);
	return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
