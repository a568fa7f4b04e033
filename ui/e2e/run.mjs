// Runs the tests of the real window in a session of their own: node ui/e2e/run.mjs [TEST-FILE…]

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main, Problem } from '../../scripts/lib/say.mjs';
import { inOwnSession } from '../../scripts/lib/session.mjs';
import { binary } from './support/places.mjs';

/** A file takes up to 100 s. One that hangs fails by its name; without a limit it would take the whole run with it, in silence. */
const LIMITS = ['--test-timeout=600000', '--test-force-exit'];

const here = dirname(fileURLToPath(import.meta.url));

await main((args) => {
	if (!existsSync(binary)) {
		throw new Problem(
			`There is no ${binary}. Build it: cargo build -p patchbay-app --features custom-protocol`,
		);
	}
	return inOwnSession(import.meta.url, args, () => {
		const files = args.length > 0 ? args.map((file) => resolve(file)) : testFiles();
		// One window at a time: WebKitGTK allows one automated session.
		const runner = ['--test', '--test-concurrency=1', '--test-reporter=spec', ...LIMITS];
		return spawnSync(process.execPath, [...runner, ...files], { stdio: 'inherit' }).status ?? 1;
	});
});

function testFiles() {
	return readdirSync(here)
		.filter((name) => name.endsWith('.test.mjs'))
		.sort()
		.map((name) => join(here, name));
}
