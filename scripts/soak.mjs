// npm run soak [DAYS]: many more of the simulated days than the tests run, each from a seed of its own, and longer races on real
// servers. A day that goes wrong prints its seed, and how to run that day again.

import { testRust } from './lib/chores.mjs';
import { main, Problem, say } from './lib/say.mjs';
import { environment, readyServers, startMoto, startSeaweed } from './lib/servers.mjs';
import { readyToTest } from './lib/system.mjs';

await main(async ([days = '100000', first = '0']) => {
	if (![days, first].every((number) => /^\d+$/.test(number)))
		throw new Problem('npm run soak [DAYS [FIRST SEED]], each a number.');
	await readyToTest();
	await readyServers();
	const servers = { seaweed: await startSeaweed(), moto: await startMoto() };
	try {
		Object.assign(process.env, environment(servers), {
			PATCHBAY_RUNS: days,
			PATCHBAY_FIRST: first,
			PATCHBAY_ROUNDS: '100',
		});
		await testRust('--test', 'proof', '--', '--nocapture', 'simulation', 'races');
		say(`${days} days from seed ${first}`);
	} finally {
		await Promise.all(Object.values(servers).map((server) => server.stop()));
	}
});
