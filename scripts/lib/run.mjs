// Starting programs.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { root } from './places.mjs';
import { Problem } from './say.mjs';

const windows = process.platform === 'win32';

/** Runs a program in the repository with its output shown, and fails when it fails. */
export async function run(command, args, { env = {}, cwd = root } = {}) {
	await ended(start(command, args, { env, cwd, out: 'inherit' }), [command, ...args]);
}

/** The lines that a program prints; what it says on stderr is shown. Fails when it fails. */
export async function lines(command, args, env = {}) {
	const child = start(command, args, { env, cwd: root, out: 'pipe' });
	let text = '';
	child.stdout.setEncoding('utf8').on('data', (more) => {
		text += more;
	});
	await ended(child, [command, ...args]);
	return text.split('\n');
}

function start(command, args, { env, cwd, out }) {
	// npm is a batch file on Windows, which only a shell starts.
	return spawn(command, args, {
		cwd,
		env: { ...process.env, ...env },
		stdio: ['ignore', out, 'inherit'],
		shell: windows && command === 'npm',
	});
}

async function ended(child, words) {
	const pass = (signal) => child.kill(signal);
	process.on('SIGINT', pass).on('SIGTERM', pass);
	try {
		const [code, signal] = await Promise.race([
			once(child, 'close'),
			once(child, 'error').then(([error]) => {
				throw new Problem(error.code === 'ENOENT' ? `${words[0]} is not installed.` : error.message);
			}),
		]);
		if (code !== 0) throw new Problem(`${words.join(' ')} ended with ${signal ?? code}.`);
	} finally {
		process.off('SIGINT', pass).off('SIGTERM', pass);
	}
}

/** What a program prints, or nothing when it is not there or fails. */
export function output(command, args = []) {
	const ended = spawnSync(command, args, {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'ignore'],
		shell: windows,
	});
	return ended.status === 0 ? ended.stdout.trim() : undefined;
}

/** Whether a program is installed. */
export function has(command) {
	return output(windows ? 'where' : 'which', [command]) !== undefined;
}
