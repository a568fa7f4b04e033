// npm test: everything that must hold. npm test -- --only STEP [--only STEP…] | --all | --list

import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as chores from './lib/chores.mjs';
import { checkGenerated } from './lib/generated.mjs';
import { readyModules } from './lib/modules.mjs';
import { at } from './lib/places.mjs';
import { run } from './lib/run.mjs';
import { main, Problem, say } from './lib/say.mjs';
import { environment, readyServers, startMoto, startRclone, startSeaweed } from './lib/servers.mjs';
import { runSteps } from './lib/steps.mjs';
import { readyToTest } from './lib/system.mjs';
import { checkToolchain } from './lib/toolchain.mjs';
import { realHome } from './real.mjs';

/** What is quick and fails often comes first. */
const STEPS = [
	{ name: 'setup', title: 'What the tests need', run: setUp },
	{ name: 'format', title: 'Format of the Rust sources', run: () => chores.formatRust('--check') },
	{ name: 'lint', title: 'Format and lint of the page and the scripts', run: () => chores.biome() },
	{
		name: 'scripts',
		title: 'Tests of the scripts, and the rooms',
		run: () => chores.testNode(...testFiles()),
	},
	{ name: 'svelte', title: 'Types of the page', run: () => chores.checkTypes() },
	{ name: 'ui', title: 'Tests of the page', run: () => chores.testPage() },
	{ name: 'page', title: 'Build of the page', run: () => chores.buildPage() },
	{ name: 'clippy', title: 'Lint of the Rust sources', run: () => chores.clippy() },
	{ name: 'types', title: 'The page has the types that Rust has', run: () => checkGenerated() },
	{ name: 'rust', title: 'Tests of the Rust sources, with real S3 servers', run: testRust },
	{
		name: 'real',
		title: 'Real plugins',
		run: () => run(process.execPath, [at('scripts/real.mjs')]),
		onRequest: true,
	},
	// Its journeys begin on what the step before has published.
	{ name: 'window', title: 'Tests in the real window', run: testWindow },
];

await main(async (args) => {
	const { values } = parseArgs({
		args,
		options: {
			only: { type: 'string', multiple: true },
			all: { type: 'boolean' },
			list: { type: 'boolean' },
		},
	});
	if (values.list) {
		for (const { name, title } of STEPS) say(`${name.padEnd(10)} ${title}`);
		return 0;
	}
	if (process.env.CI) process.env.CARGO_INCREMENTAL ??= '0';
	return runSteps(chosen(values));
});

function chosen({ only, all }) {
	for (const name of only ?? []) {
		if (!STEPS.some((step) => step.name === name)) {
			throw new Problem(`There is no step ${name}. There are: ${STEPS.map((step) => step.name).join(', ')}.`);
		}
	}
	if (only) return STEPS.filter((step) => only.includes(step.name));
	return STEPS.filter((step) => !step.onRequest || all || process.env.CI);
}

async function setUp() {
	checkToolchain();
	// Each waits for a server of its own, so they wait together. What installs the S3 servers is one of the system's packages.
	await Promise.all([readyToTest().then(readyServers), readyModules(), chores.fetchCrates()]);
}

async function testRust() {
	const servers = { seaweed: await startSeaweed(), moto: await startMoto(), rclone: await startRclone() };
	try {
		Object.assign(process.env, environment(servers));
		await chores.testRust();
	} finally {
		await Promise.all(Object.values(servers).map((server) => server.stop()));
	}
}

async function testWindow() {
	await chores.buildTested();
	await realHome();
	await chores.testWindow();
}

function testFiles() {
	const folder = at('scripts/test');
	return readdirSync(folder)
		.filter((name) => name.endsWith('.test.mjs'))
		.map((name) => `${folder}/${name}`);
}
