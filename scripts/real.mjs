// Real plugins, all their way: from the npm registry through the command line into the embedded registry and into SeaweedFS, and back.
//
// npm run real               both registries
// npm run real -- embedded   only the embedded one, whose folder (target/real/home) the journeys in the window start from

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildPage, buildTested } from './lib/chores.mjs';
import { at, program } from './lib/places.mjs';
import { Problem, say } from './lib/say.mjs';
import { readyServers, startSeaweed } from './lib/servers.mjs';

const PLUGINS = JSON.parse(readFileSync(at('scripts/real/plugins.json'), 'utf8'));
const HOME = at('target/real');
const SOURCES = join(HOME, 'sources');

/** The unpacked package of a version, fetched once. */
function fetched(name, version) {
	const folder = join(SOURCES, `${name.replace('/', '+')}-${version}`);
	if (existsSync(folder)) return folder;
	const part = `${folder}.part`;
	rmSync(part, { recursive: true, force: true });
	mkdirSync(part, { recursive: true });
	const packed = spawnSync('npm', ['pack', `${name}@${version}`, '--silent', '--pack-destination', part], {
		encoding: 'utf8',
	});
	if (packed.status !== 0) throw new Problem(`npm could not fetch ${name}@${version}: ${packed.stderr}`);
	const archive = join(part, packed.stdout.trim().split('\n').at(-1));
	// Archives name their top folder as they like, and some keep modes that forbid reading.
	const untar = spawnSync('tar', [
		'-xzf',
		archive,
		'-C',
		part,
		'--strip-components=1',
		'--no-same-permissions',
		'--mode=u+rwX',
	]);
	if (untar.status !== 0) {
		const again = spawnSync('tar', ['-xzf', archive, '-C', part, '--strip-components=1']);
		if (again.status !== 0) throw new Problem(`${archive} cannot be unpacked.`);
	}
	rmSync(archive);
	renameSync(part, folder);
	return folder;
}

/** Runs the command line; what it says as JSON. */
function patchbay(home, env, args, { input } = {}) {
	const ended = spawnSync(program('patchbay'), [...args, '--json', '--no-input', '--home', home], {
		encoding: 'utf8',
		env: { ...process.env, ...env },
		input,
		maxBuffer: 64 * 1024 * 1024,
	});
	if (ended.status !== 0)
		throw new Problem(
			`patchbay ${args.join(' ')} ended with ${ended.status}: ${ended.stdout}${ended.stderr}`,
		);
	return JSON.parse(ended.stdout);
}

/** Publishes every version in order, then checks every package. */
function publishAll(title, home, env) {
	let files = 0;
	let bytes = 0;
	let packages = 0;
	for (const [name, versions] of Object.entries(PLUGINS)) {
		const published = versions.map((version) => {
			const folder = fetched(name, version);
			const plan = patchbay(home, env, ['publish', folder, '--dry-run']);
			const done = patchbay(home, env, ['publish', folder]);
			const { result } = done.status;
			if (!result.verified || result.warning)
				throw new Problem(`${name} ${version}: ${JSON.stringify(result)}`);
			return { folder, plan, plugin: done.plugin, version: done.version, result };
		});
		for (const { folder, plan, plugin, version, result } of published) {
			const file = join(HOME, 'check.zip');
			patchbay(home, env, ['download', `${plugin}@${version}`, '-o', file]);
			const content = readFileSync(file);
			if (
				createHash('sha256').update(content).digest('hex') !== result.sha256 ||
				content.length !== result.size
			) {
				throw new Problem(`${plugin} ${version} is not what was published.`);
			}
			writeFileSync(join(HOME, 'plan.json'), JSON.stringify(plan));
			const same = spawnSync(
				'python3',
				[at('scripts/real/same_files.py'), file, folder, join(HOME, 'plan.json')],
				{ encoding: 'utf8' },
			);
			if (same.status !== 0) throw new Problem(`${plugin} ${version}: ${same.stdout}${same.stderr}`);
			files += Number(same.stdout);
			bytes += content.length;
			packages += 1;
		}
		const shown = patchbay(home, env, ['versions', published[0].plugin]);
		if (JSON.stringify(shown).match(new RegExp(versions.at(-1))) === null)
			throw new Problem(`${name} does not show ${versions.at(-1)}.`);
	}
	say(
		`${title}: ${packages} packages of ${Object.keys(PLUGINS).length} plugins, ${files} files, ${(bytes / 1e6).toFixed(1)} MB, every byte the same.`,
	);
}

export async function real({ seaweed = true } = {}) {
	mkdirSync(SOURCES, { recursive: true });
	// With the window, though only the command line is used: alone it has other features of its dependencies, and all of them are compiled again.
	if (!existsSync(at('ui/dist/index.html'))) await buildPage();
	await buildTested('--quiet');
	const embedded = join(HOME, 'home');
	const complete = join(HOME, 'complete');
	rmSync(complete, { force: true });
	rmSync(embedded, { recursive: true, force: true });
	publishAll('The embedded registry', embedded, { USER: 'npm' });
	writeFileSync(complete, '');
	if (!seaweed) return;
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
		patchbay(home, env, ['registry', 'add', 'seaweed', ...where, '--credentials', 'environment', '--create']);
		publishAll('SeaweedFS', home, env);
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
