// npm run fill HOME [COUNT]: fills the registry on this computer, in the home HOME, with plugins (5,000 unless said), for looking at the window full.
// Real ones where ../shared/data has them, generated ones otherwise; repeated with variations up to 100,000 and more.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { cargo, WINDOW } from './lib/chores.mjs';
import { at, program } from './lib/places.mjs';
import { run } from './lib/run.mjs';
import { main, Problem, say } from './lib/say.mjs';

await main(async ([home, count = '5000']) => {
	if (!home || !/^[1-9]\d*$/.test(count))
		throw new Problem('Say where and how many: npm run fill HOME [COUNT].');
	const real = at('../shared/data');
	const source = existsSync(real) ? [real] : [];
	// Of the whole workspace, so that nothing is compiled twice.
	await cargo('build', '--release', '--workspace', '--example', 'fill', ...WINDOW);
	await run(program('examples/fill', 'release'), [resolve(home), count, ...source]);
	say(`Look at it with: npm start -- --home ${home}`);
});
