// npm run fmt: formats everything and repairs what a linter can repair.

import { biome, formatRust } from './lib/chores.mjs';
import { main } from './lib/say.mjs';

await main(async () => {
	await formatRust();
	await biome('--write');
});
