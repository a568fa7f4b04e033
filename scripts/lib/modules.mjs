// The node_modules folder, kept in step with package-lock.json.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { at } from './places.mjs';
import { run } from './run.mjs';

const LOCK = at('package-lock.json');
const STAMP = at('node_modules/.patchbay-stamp');

/** Installs the packages of the lock file unless exactly these are installed. */
export async function readyModules() {
	const wanted = createHash('sha256').update(readFileSync(LOCK)).update(process.version).digest('hex');
	if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return;
	// Said aloud: under `npm test --silent` npm would fail without a word.
	await run('npm', ['ci', '--no-progress', '--loglevel', 'error']);
	writeFileSync(STAMP, wanted);
}
