// Real plugins, all their way: from the npm registry through the command line into the embedded registry and into SeaweedFS, and back.
//
// npm run real               both registries
// npm run real -- embedded   only the embedded one, whose folder (target/real/home) the journeys in the window start from

import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildPage, buildTested } from './lib/chores.mjs';
import { at, program } from './lib/places.mjs';
import { lines } from './lib/run.mjs';
import { Problem, say } from './lib/say.mjs';
import { readyServers, startSeaweed } from './lib/servers.mjs';

const PLUGINS = JSON.parse(readFileSync(at('scripts/real/plugins.json'), 'utf8'));
const HOME = at('target/real');
const SOURCES = join(HOME, 'sources');

const exec = promisify(execFile);

const source = (name, version) => join(SOURCES, `${name.replace('/', '+')}-${version}`);

/** Fetches what is not there yet, all at once. */
async function fetchSources() {
	const missing = Object.entries(PLUGINS)
		.flatMap(([name, versions]) => versions.map((version) => ({ name, version })))
		.filter(({ name, version }) => !existsSync(source(name, version)));
	if (missing.length === 0) return;
	const part = join(HOME, 'fetched');
	rmSync(part, { recursive: true, force: true });
	mkdirSync(part, { recursive: true });
	say(`Fetching ${missing.length} packages.`);
	await lines('npm', [
		'pack',
		...missing.map(({ name, version }) => `${name}@${version}`),
		'--silent',
		'--pack-destination',
		part,
	]);
	for (const { name, version } of missing) {
		const file = `${name.replace('@', '').replace('/', '-')}-${version}`;
		unpack(join(part, `${file}.tgz`), join(part, file));
		renameSync(join(part, file), source(name, version));
	}
	rmSync(part, { recursive: true });
}

function unpack(archive, folder) {
	mkdirSync(folder);
	const untar = ['-xzf', archive, '-C', folder, '--strip-components=1'];
	// Archives name their top folder as they like, and some keep modes that forbid reading.
	const readable = ['--no-same-permissions', '--mode=u+rwX'];
	if (spawnSync('tar', [...untar, ...readable]).status === 0) return;
	if (spawnSync('tar', untar).status !== 0) throw new Problem(`${archive} cannot be unpacked.`);
}

/** Runs the command line; what it says as JSON. */
async function patchbay(home, env, args) {
	const { stdout } = await exec(program('patchbay'), [...args, '--json', '--no-input', '--home', home], {
		env: { ...process.env, ...env },
		maxBuffer: 64 * 1024 * 1024,
	}).catch(({ code, stdout, stderr }) => {
		throw new Problem(`patchbay ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
	});
	return JSON.parse(stdout);
}

/** Publishes every version in order, then checks every package. */
async function publishAll(title, home, env) {
	let files = 0;
	let bytes = 0;
	let packages = 0;
	for (const [name, versions] of Object.entries(PLUGINS)) {
		const published = [];
		for (const version of versions) {
			const folder = source(name, version);
			const plan = await patchbay(home, env, ['publish', folder, '--dry-run']);
			const done = await patchbay(home, env, ['publish', folder]);
			const { result } = done.status;
			if (!result.verified || result.warning)
				throw new Problem(`${name} ${version}: ${JSON.stringify(result)}`);
			published.push({ folder, plan, plugin: done.plugin, version: done.version, result });
		}
		for (const one of published) {
			const checked = await check(home, env, one);
			files += checked.files;
			bytes += checked.bytes;
			packages += 1;
		}
		const shown = await patchbay(home, env, ['versions', published[0].plugin]);
		if (!JSON.stringify(shown).includes(versions.at(-1)))
			throw new Problem(`${name} does not show ${versions.at(-1)}.`);
	}
	say(
		`${title}: ${packages} packages of ${Object.keys(PLUGINS).length} plugins, ${files} files, ${(bytes / 1e6).toFixed(1)} MB, every byte the same.`,
	);
}

/** Downloads a package and compares every byte with the folder that it was made of. */
async function check(home, env, { folder, plan, plugin, version, result }) {
	const file = `${home}.zip`;
	await patchbay(home, env, ['download', `${plugin}@${version}`, '-o', file]);
	const content = readFileSync(file);
	if (
		createHash('sha256').update(content).digest('hex') !== result.sha256 ||
		content.length !== result.size
	) {
		throw new Problem(`${plugin} ${version} is not what was published.`);
	}
	const planned = `${home}-plan.json`;
	writeFileSync(planned, JSON.stringify(plan));
	try {
		const same = await exec('python3', [at('scripts/real/same_files.py'), file, folder, planned]);
		return { files: Number(same.stdout), bytes: content.length };
	} catch ({ stdout, stderr }) {
		throw new Problem(`${plugin} ${version}: ${stdout}${stderr}`);
	}
}

export async function real({ seaweed = true } = {}) {
	mkdirSync(SOURCES, { recursive: true });
	// With the window, though only the command line is used: alone it has other features of its dependencies, and all of them are compiled again.
	if (!existsSync(at('ui/dist/index.html'))) await buildPage();
	await buildTested('--quiet');
	await fetchSources();
	// Each is one program after another, so both go on at once.
	await Promise.all([intoEmbedded(), ...(seaweed ? [intoSeaweed()] : [])]);
}

async function intoEmbedded() {
	const home = join(HOME, 'home');
	const complete = join(HOME, 'complete');
	rmSync(complete, { force: true });
	rmSync(home, { recursive: true, force: true });
	await publishAll('The embedded registry', home, { USER: 'npm' });
	writeFileSync(complete, '');
}

async function intoSeaweed() {
	await readyServers();
	const server = await startSeaweed();
	try {
		const home = join(HOME, 'home-seaweed');
		rmSync(home, { recursive: true, force: true });
		const env = {
			USER: 'npm',
			AWS_ACCESS_KEY_ID: server.accessKeyId,
			AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
		};
		const where = ['--bucket', 'real-plugins', '--endpoint', server.endpoint, '--region', server.region];
		await patchbay(home, env, [
			'registry',
			'add',
			'seaweed',
			...where,
			'--credentials',
			'environment',
			'--create',
		]);
		await publishAll('SeaweedFS', home, env);
	} finally {
		await server.stop();
	}
}

/** The folder of an embedded registry full of real plugins, made when it is not there. Copy it: it is shared. */
export async function realHome() {
	const home = join(HOME, 'home');
	if (!existsSync(join(HOME, 'complete'))) await real({ seaweed: false });
	return home;
}

if (process.argv[1] === at('scripts/real.mjs')) {
	try {
		await real({ seaweed: !process.argv.includes('embedded') });
	} catch (error) {
		say(error instanceof Problem ? error.message : error.stack);
		process.exitCode = 1;
	}
}
