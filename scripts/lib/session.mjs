// A desktop session of its own: a screen that nobody sees, a session bus, an unlocked keychain and a home folder.
// Nothing of the person's own desktop is used or changed.

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { at } from './places.mjs';
import { Problem } from './say.mjs';

const INSIDE = 'PATCHBAY_OWN_SESSION';

/**
 * Runs `body` in a session of its own and returns an exit code. `script` is the calling module's `import.meta.url`: it is started
 * again inside, with the same arguments, and gets here a second time.
 */
export async function inOwnSession(script, args, body) {
	if (process.env[INSIDE]) return inside(body);
	if (process.platform !== 'linux') {
		throw new Problem(
			'This needs Linux: other systems have no WebDriver for their web view, and no screen that nobody sees.',
		);
	}
	const log = at('target/session.log');
	mkdirSync(at('target'), { recursive: true });
	// In this order: the other way round the desktop portal finds no display.
	const ended = spawnSync(
		'xvfb-run',
		[
			'-a',
			'-s',
			'-screen 0 1280x800x24',
			'dbus-run-session',
			'--',
			process.execPath,
			fileURLToPath(script),
			...args,
		],
		// The bus and the portals write there what they always complain about.
		{ stdio: ['ignore', 'inherit', openSync(log, 'w')], env: { ...process.env, [INSIDE]: 'yes' } },
	);
	if (ended.error) throw new Problem('xvfb-run is not installed; npm test installs it.');
	if (ended.status !== 0) process.stdout.write(`What the session said is in ${log}.\n`);
	return ended.status ?? 1;
}

async function inside(body) {
	const home = mkdtempSync(join(tmpdir(), 'patchbay-home-'));
	const runtime = mkdtempSync(join(tmpdir(), 'patchbay-run-'));
	chmodSync(runtime, 0o700);
	for (const name of Object.keys(process.env)) {
		if (/^(AWS_|XDG_)/.test(name)) delete process.env[name];
	}
	// The toolchain lives in the person's home, and is not what a session is to be kept apart from.
	process.env.RUSTUP_HOME ??= join(homedir(), '.rustup');
	process.env.CARGO_HOME ??= join(homedir(), '.cargo');
	Object.assign(process.env, {
		HOME: home,
		XDG_RUNTIME_DIR: runtime,
		AWS_EC2_METADATA_DISABLED: 'true',
		NO_AT_BRIDGE: '1',
	});
	try {
		unlockKeychain();
		return await body();
	} catch (error) {
		// On stderr it would drown in the session's own log.
		process.stdout.write(`\n${error instanceof Problem ? error.message : error.stack}\n`);
		return 1;
	} finally {
		for (const folder of [home, runtime])
			rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
	}
}

/** With a password: with an empty one, gnome-keyring asks for it in a dialog. The daemon ends with the session bus. */
function unlockKeychain() {
	const { status, error, stderr } = spawnSync(
		'gnome-keyring-daemon',
		['--unlock', '--components=secrets', '--daemonize'],
		{
			input: 'test',
			stdio: ['pipe', 'ignore', 'pipe'],
			encoding: 'utf8',
		},
	);
	if (status !== 0) throw new Problem(`gnome-keyring-daemon did not start: ${error?.message ?? stderr}`);
}
