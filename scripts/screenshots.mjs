// npm run screenshots: the pictures under docs/screenshots, taken in the real window.

import { buildPage, buildTested, testWindow } from './lib/chores.mjs';
import { readyModules } from './lib/modules.mjs';
import { at } from './lib/places.mjs';
import { main } from './lib/say.mjs';
import { readyToTest } from './lib/system.mjs';

await main(async () => {
	await readyToTest();
	await readyModules();
	await buildPage();
	await buildTested();
	process.env.PATCHBAY_SCREENSHOTS = 'docs';
	await testWindow(at('ui/e2e/screens.test.mjs'), at('ui/e2e/compare.test.mjs'));
});
