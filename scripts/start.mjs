// npm start: from a fresh clone to the open window. Arguments after `--` go to the app: npm start -- --home DIR

import { buildPage, buildPrograms } from './lib/chores.mjs';
import { checkDisplay } from './lib/display.mjs';
import { readyModules } from './lib/modules.mjs';
import { program } from './lib/places.mjs';
import { run } from './lib/run.mjs';
import { heading, main, say } from './lib/say.mjs';
import { readyToBuild } from './lib/system.mjs';
import { checkToolchain } from './lib/toolchain.mjs';

await main(async (args) => {
	checkToolchain();
	checkDisplay();
	heading('System packages');
	await readyToBuild();
	await readyModules();
	heading('Building the page');
	await buildPage();
	heading('Building the app (the first time takes some minutes)');
	await buildPrograms();
	say(`\nOpening ${program('patchbay-app')}. The command line is ${program('patchbay')}.`);
	// The first time, with something to look at.
	await run(program('patchbay-app'), ['--samples', ...args]);
});
