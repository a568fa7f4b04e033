// How long the window takes to open and how much memory it holds when idle, against the least that a Tauri window can be.
//
// Both programs begin hidden and show themselves when their page is there: ours when it has painted its first screen, the empty one
// when its page has loaded. The moment at which the X server maps the window is therefore the same event for both, and it is seen
// from outside, without a line of code in either. Runs alternate, so that what slows the machine down slows both down.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { at, program } from '../lib/places.mjs';
import { main, Problem } from '../lib/say.mjs';
import { inOwnSession } from '../lib/session.mjs';

const RUNS = 9;
/** What a window still does after its first screen (reading the registry, fonts, garbage) is over by then. */
const SETTLE = 4_000;
const PATIENCE = 20_000;

async function measure(profile) {
	const scratch = mkdtempSync(join(tmpdir(), 'patchbay-bench-'));
	const home = join(scratch, 'home');
	const programs = {
		patchbay: [program('patchbay-app', profile), ['--home', home]],
		empty: [at('target', profile, 'examples/empty'), [join(scratch, 'empty')]],
	};
	try {
		fill(home, profile);
		const times = { patchbay: [], empty: [] };
		const sizes = { patchbay: [], empty: [] };
		// The first run of each fills the caches of the disk and of the web view; it is not counted.
		for (let i = 0; i <= RUNS; i++) {
			for (const [name, [file, args]] of Object.entries(programs)) {
				const { time, size } = await open(file, args);
				if (i > 0) {
					times[name].push(time);
					sizes[name].push(size);
				}
			}
		}
		return [compared('launch to interactive', times, 1.5, 'ms'), compared('idle memory', sizes, 1.3, 'MB')];
	} finally {
		rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
	}
}

/** A registry with plugins, because an app that shows nothing opens quickly. */
function fill(home, profile) {
	const folder = join(home, '..', 'plugin');
	const run = (...args) => {
		const { status, stderr } = spawnSync(
			program('patchbay', profile),
			['--home', home, '--no-input', ...args],
			{ encoding: 'utf8' },
		);
		if (status !== 0) throw new Problem(stderr);
	};
	for (let i = 0; i < 12; i++) {
		rmSync(folder, { recursive: true, force: true });
		mkdirSync(folder, { recursive: true });
		const id = `sample-${i}`;
		writeFileSync(
			join(folder, 'patchbay.json'),
			JSON.stringify({ id, version: '1.0.0', name: `Sample ${i}`, description: 'A plugin.' }),
		);
		writeFileSync(join(folder, 'index.js'), `export default ${i};\n`);
		run('publish', folder);
	}
}

/** Opens a window, and tells when it was mapped (ms) and what it holds later (MB). */
async function open(file, args) {
	const events = spawn('xev', ['-root', '-event', 'substructure'], { stdio: ['ignore', 'pipe', 'ignore'] });
	let window;
	try {
		// xev does not say when it is ready.
		await pause(200);
		events.stdout.setEncoding('utf8');
		const began = performance.now();
		const mapped = seen(events, /MapNotify event[\s\S]*?override NO/);
		window = spawn(file, args, { stdio: 'ignore' });
		const failed = once(window, 'exit').then(([code]) => {
			throw new Problem(`${file} ended with ${code} before it had a window.`);
		});
		failed.catch(() => {});
		await Promise.race([mapped, failed, late(file)]);
		const time = performance.now() - began;
		await pause(SETTLE);
		return { time, size: memory(window.pid) };
	} finally {
		events.kill();
		if (window && window.exitCode === null) {
			const gone = once(window, 'exit');
			window.kill();
			await gone;
		}
	}
}

async function late(file) {
	await pause(PATIENCE, undefined, { ref: false });
	throw new Problem(`${file} showed no window within ${PATIENCE / 1000} s.`);
}

function seen(events, pattern) {
	return new Promise((resolve) => {
		let text = '';
		events.stdout.on('data', (more) => {
			text += more;
			if (pattern.test(text)) resolve();
		});
	});
}

/** Proportional set size of a process and all below it, in MB: shared pages are counted once. */
function memory(root) {
	const parents = new Map();
	for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
		const parent = read(`/proc/${name}/status`).match(/^PPid:\s+(\d+)/m)?.[1];
		if (parent) parents.set(Number(name), Number(parent));
	}
	const family = new Set([root]);
	for (const member of family)
		for (const [child, parent] of parents) if (parent === member) family.add(child);
	const pss = (pid) => Number(read(`/proc/${pid}/smaps_rollup`).match(/^Pss:\s+(\d+)/m)?.[1] ?? 0);
	return [...family].reduce((sum, pid) => sum + pss(pid), 0) / 1024;
}

/** A process may end while it is looked at. */
function read(path) {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return '';
	}
}

function compared(name, { patchbay, empty }, target, unit) {
	const peer_value = round(median(empty));
	const value = round(median(patchbay) / peer_value);
	return {
		name,
		value,
		unit: '×',
		target,
		met: value <= target,
		peer: `empty Tauri window, ${unit}`,
		peer_value,
	};
}

function round(value) {
	return Math.round(value * 100) / 100;
}

function median(values) {
	return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Used as `node launch.mjs PROFILE OUTPUT`: it needs a session of its own, so it is a program of its own. */
await main(([profile, output]) =>
	inOwnSession(import.meta.url, [profile, output], async () => {
		writeFileSync(output, JSON.stringify(await measure(profile)));
		return 0;
	}),
);
