// npm run gen: what is written by machine and committed. Today these are the page's types.

import { generate } from './lib/generated.mjs';
import { main, say } from './lib/say.mjs';

await main(async () => {
	const different = await generate();
	say(different.length === 0 ? 'Nothing is different.' : `Written anew: ${different.join(', ')}`);
});
