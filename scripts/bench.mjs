// npm run bench [NAME…]: how good it is, in numbers, each against a target and a peer measured in the same run.
// --debug measures what npm start builds instead of what is released.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPage, cargo, WINDOW } from './lib/chores.mjs';
import { readyModules } from './lib/modules.mjs';
import { at } from './lib/places.mjs';
import { lines, run } from './lib/run.mjs';
import { bold, green, heading, main, Problem, red, say } from './lib/say.mjs';
import { environment, readyServers, startSeaweed } from './lib/servers.mjs';
import { readyToTest } from './lib/system.mjs';

const REPORT = at('target/bench/report.json');

/** Each gives a list of `{name, value, unit, target, met, peer, peer_value}`. */
const BENCHES = { publish, launch };

await main(async (args) => {
	const { values, positionals } = parseArgs({
		args,
		allowPositionals: true,
		options: { debug: { type: 'boolean' } },
	});
	for (const name of positionals) {
		if (!(name in BENCHES))
			throw new Problem(`There is no benchmark ${name}. There are: ${Object.keys(BENCHES).join(', ')}.`);
	}
	await readyToTest();
	await readyModules();
	mkdirSync(dirname(REPORT), { recursive: true });
	const results = [];
	for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
		heading(name);
		results.push(...(await BENCHES[name](values.debug ? 'debug' : 'release')));
	}
	writeFileSync(REPORT, `${JSON.stringify(results, undefined, 2)}\n`);
	table(results);
	say(`\n${REPORT}`);
});

/** Requests and latency of a publish, measured in Rust on the embedded registry and on a real SeaweedFS. */
async function publish(profile) {
	await readyServers();
	const seaweed = await startSeaweed();
	try {
		const flags = profile === 'debug' ? ['--profile', 'dev'] : [];
		const printed = await lines(
			'cargo',
			['bench', '-p', 'patchbay-client', '--bench', 'publish', ...flags],
			environment({ seaweed }),
		);
		return printed.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
	} finally {
		await seaweed.stop();
	}
}

/** Launch time and idle memory of the window. */
async function launch(profile) {
	await buildPage();
	const flags = profile === 'release' ? ['--release'] : [];
	await cargo(
		'build',
		'-p',
		'patchbay-app',
		'-p',
		'patchbay-cli',
		'--bins',
		'--examples',
		...WINDOW,
		...flags,
	);
	const output = at('target/bench/launch.json');
	await run(process.execPath, [at('scripts/bench/launch.mjs'), profile, output]);
	const results = JSON.parse(readFileSync(output, 'utf8'));
	rmSync(output);
	return results;
}

function table(results) {
	const rows = results.map(({ name, value, unit, target, met, peer, peer_value: peerValue }) => [
		name,
		`${value} ${unit}`,
		target === undefined || target === null ? '' : `at most ${target} ${unit}`,
		met === false ? 'missed' : met ? 'met' : '',
		peer ? `${peer}: ${peerValue}` : '',
	]);
	const all = [['What', 'Value', 'Target', '', 'Peer'], ...rows];
	const widths = all[0].map((_, i) => Math.max(...all.map((row) => row[i].length)));
	const [head, ...body] = all.map((row) =>
		row
			.map((cell, i) => cell.padEnd(widths[i]))
			.join('  ')
			.trimEnd(),
	);
	say(`\n${bold(head)}`);
	for (const [i, line] of body.entries()) say(results[i].met === false ? red(line) : green(line));
}
