// npm run build: both programs as they are released, in target/release.

import { buildPage, buildPrograms } from './lib/chores.mjs';
import { readyModules } from './lib/modules.mjs';
import { program } from './lib/places.mjs';
import { main, say } from './lib/say.mjs';
import { readyToBuild } from './lib/system.mjs';
import { checkToolchain } from './lib/toolchain.mjs';

await main(async () => {
	checkToolchain();
	await readyToBuild();
	await readyModules();
	await buildPage();
	await buildPrograms('--release');
	say(`\n${program('patchbay-app', 'release')}\n${program('patchbay', 'release')}`);
});
