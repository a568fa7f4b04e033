// npm run bench [NAME…]: how good it is, in numbers, each against a target and a peer measured in the same run.
// --debug measures what npm start builds instead of what is released.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPage, buildTested, WINDOW } from './lib/chores.mjs';
import { readyModules } from './lib/modules.mjs';
import { at, program } from './lib/places.mjs';
import { lines, run } from './lib/run.mjs';
import { bold, green, heading, main, Problem, red, say } from './lib/say.mjs';
import { environment, readyServers, startSeaweed } from './lib/servers.mjs';
import { readyToTest } from './lib/system.mjs';

const REPORT = at('target/bench/report.json');

/** Each gives a list of `{name, value, unit, target, at_least?, met, peer, peer_value}`. */
const BENCHES = { publish, package: packing, reliability, throughput, catalogue, search, typing, launch };

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

/** Requests and latency of a publish, beside one raw PUT. */
function publish(profile) {
	return onBoth('publish', profile);
}

/** Packing, extracting and digesting real files, beside zip, unzip and sha2. */
function packing(profile) {
	return measured('package', profile);
}

/** The catalogue of 100,000 plugins: opened, checked for updates, followed and written; real plugins where they are at hand. */
function catalogue(profile) {
	return measured('catalogue', profile, { PATCHBAY_PLUGINS: at('../shared/data') });
}

/** How many publishes get through on a bad network, beside the bare SDK. */
function reliability(profile) {
	return measured('reliability', profile);
}

/** How fast many publish at once, beside bare PUTs. */
function throughput(profile) {
	return onBoth('throughput', profile);
}

/** On the embedded registry, and on a real SeaweedFS. */
async function onBoth(bench, profile) {
	await readyServers();
	const embedded = await measured(bench, profile);
	const seaweed = await startSeaweed();
	try {
		const variables = { PATCHBAY_BENCH_S3: environment({ seaweed }).PATCHBAY_TEST_SEAWEED };
		return [...embedded, ...(await measured(bench, profile, variables))];
	} finally {
		await seaweed.stop();
	}
}

/**
 * A keystroke in 100,000 plugins and the order of results, beside nucleo, SQLite FTS5, frizbee and tantivy; real plugins where they are
 * at hand. A program of its own, so that the others are in nobody's lock file.
 */
async function search(profile) {
	const flags = profile === 'debug' ? [] : ['--release'];
	const manifest = ['--manifest-path', at('scripts/bench/search/Cargo.toml')];
	const folder = ['--target-dir', at('target/search-bench')];
	const variables = { PATCHBAY_PLUGINS: process.env.PATCHBAY_PLUGINS ?? at('../shared/data') };
	const ran = (...args) =>
		lines('cargo', ['run', '--locked', ...flags, ...manifest, ...folder, '--', ...args], variables);
	return [...told(await ran()), ...told(await ran('--memory'))];
}

/** What a benchmark in Rust prints. Of the whole workspace, so that all have the same features and nothing is compiled twice. */
async function measured(bench, profile, variables) {
	const flags = profile === 'debug' ? ['--profile', 'dev'] : [];
	const printed = await lines(
		'cargo',
		['bench', '--workspace', ...WINDOW, '--bench', bench, ...flags],
		variables,
	);
	return told(printed);
}

/** The results among printed lines. */
function told(printed) {
	return printed.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
}

/** Launch time and idle memory of the window. */
async function launch(profile) {
	await programs(profile);
	return inWindow('launch', profile);
}

/** A letter in the window until what is found among 100,000 plugins is painted. */
async function typing(profile) {
	await programs(profile);
	const home = at('target/bench/full');
	rmSync(home, { recursive: true, force: true });
	const data = at('../shared/data');
	const real = existsSync(data) ? [data] : [];
	await run(program('examples/fill', profile), ['--catalogue', home, '100000', ...real]);
	return inWindow('typing', profile, home);
}

/** What people run, and what fills it. Of the whole workspace, so that nothing is compiled twice. */
async function programs(profile) {
	await buildPage();
	await buildTested(...(profile === 'release' ? ['--release'] : []));
}

/** What a benchmark of the window writes. */
async function inWindow(name, profile, ...args) {
	const output = at(`target/bench/${name}.json`);
	await run(process.execPath, [at(`scripts/bench/${name}.mjs`), profile, ...args, output]);
	const results = JSON.parse(readFileSync(output, 'utf8'));
	rmSync(output);
	return results;
}

function table(results) {
	const rows = results.map(
		({ name, value, unit, target, at_least: atLeast, met, peer, peer_value: peerValue }) => [
			name,
			`${value} ${unit}`,
			target === undefined || target === null ? '' : `${atLeast ? 'at least' : 'at most'} ${target} ${unit}`,
			met === false ? 'missed' : met ? 'met' : '',
			peer ? `${peer}: ${peerValue}` : '',
		],
	);
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
