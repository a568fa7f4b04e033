// The page's types, written by Rust (ts-rs) into ui/src/generated and committed.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testRust } from './chores.mjs';
import { at } from './places.mjs';
import { Problem } from './say.mjs';

const FOLDER = at('ui/src/generated');

/** Writes the types anew, so that a type which is gone in Rust is gone here too. Returns the names of what is different. */
export async function generate() {
	const before = read();
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	try {
		await testRust('--lib', 'export_bindings', '--quiet');
	} catch (error) {
		for (const [name, text] of before) writeFileSync(join(FOLDER, name), text);
		throw error;
	}
	const after = read();
	return [...new Set([...before.keys(), ...after.keys()])]
		.filter((name) => before.get(name) !== after.get(name))
		.sort();
}

/** Fails when the committed types are not those of Rust. */
export async function checkGenerated() {
	const different = await generate();
	if (different.length === 0) return;
	throw new Problem(
		`ui/src/generated was not what Rust says: ${different.join(', ')}. It is now: look at the change and commit it.`,
	);
}

function read() {
	return new Map(readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')]));
}
