// Starting programs.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { root } from './places.mjs';
import { Problem } from './say.mjs';

const windows = process.platform === 'win32';

/** Runs a program in the repository with its output shown, and fails when it fails. */
export async function run(command, args, { env = {}, cwd = root, input = 'ignore' } = {}) {
	// npm is a batch file on Windows, which only a shell starts.
	const child = spawn(command, args, {
		cwd,
		env: { ...process.env, ...env },
		stdio: [input, 'inherit', 'inherit'],
		shell: windows && command === 'npm',
	});
	const pass = (signal) => child.kill(signal);
	process.on('SIGINT', pass).on('SIGTERM', pass);
	try {
		const [code, signal] = await Promise.race([
			once(child, 'exit'),
			once(child, 'error').then(([error]) => {
				throw new Problem(error.code === 'ENOENT' ? `${command} is not installed.` : error.message);
			}),
		]);
		if (code !== 0) throw new Problem(`${[command, ...args].join(' ')} ended with ${signal ?? code}.`);
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
