// WebKitWebDriver: one process per window, because the window inherits the driver's environment.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { freePorts } from '../../../scripts/lib/ports.mjs';

/** Starts a driver whose windows get `env` on top of this process's environment. */
export async function startDriver(env = {}) {
	const [port] = await freePorts(1);
	const child = spawn('WebKitWebDriver', ['--host=127.0.0.1', `--port=${port}`], {
		// Without these two the session request hangs in silence.
		env: { ...process.env, TAURI_AUTOMATION: 'true', TAURI_WEBVIEW_AUTOMATION: 'true', ...env },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let log = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8');
		stream.on('data', (text) => {
			log += text;
		});
	}
	const failed = once(child, 'error').then(([error]) => {
		throw error;
	});
	await Promise.race([failed, answering(port)]);
	return {
		port,
		/** What the driver and the window have printed so far. */
		log: () => log,
		async stop() {
			if (child.exitCode === null && child.signalCode === null) {
				const gone = once(child, 'exit');
				child.kill();
				const patience = setTimeout(() => child.kill('SIGKILL'), 5_000);
				await gone;
				clearTimeout(patience);
			}
			// A window that outlives its driver holds these, and whoever reads them would wait for it.
			child.stdout.destroy();
			child.stderr.destroy();
		},
	};
}

async function answering(port) {
	const deadline = Date.now() + 10_000;
	for (;;) {
		try {
			await fetch(`http://127.0.0.1:${port}/status`);
			return;
		} catch (error) {
			if (Date.now() > deadline)
				throw new Error(`WebKitWebDriver does not answer on port ${port}`, { cause: error });
			await pause(25);
		}
	}
}
