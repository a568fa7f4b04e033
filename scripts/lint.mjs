// npm run lint: every check that needs no running, and cargo-deny where it is installed.

import { biome, cargo, checkTypes, clippy, formatRust } from './lib/chores.mjs';
import { has } from './lib/run.mjs';
import { main, say } from './lib/say.mjs';

await main(async () => {
	await formatRust('--check');
	await biome();
	await checkTypes();
	await clippy();
	if (has('cargo-deny')) await cargo('deny', 'check');
	else
		say(
			'cargo-deny is not installed (cargo install --locked cargo-deny), so licences and advisories were not checked.',
		);
});
