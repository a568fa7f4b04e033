import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDisplay } from '../lib/display.mjs';
import { advice, family } from '../lib/system.mjs';
import { checkRust, older } from '../lib/toolchain.mjs';

test('versions compare by their numbers', () => {
	assert.equal(older('1.94.9', '1.95'), true);
	assert.equal(older('1.95.0', '1.95'), false);
	assert.equal(older('1.100.0-nightly', '1.95'), false);
	assert.equal(older('20.9.0', '20.19'), true);
});

test('a missing or old Rust is told with what to do', () => {
	assert.throws(() => checkRust(undefined, '1.95'), {
		message:
			'Rust 1.95 or newer is needed, and none is installed. Install it with rustup (https://rustup.rs), then open a new shell and try again.',
	});
	assert.throws(() => checkRust('rustc 1.80.0 (abc 2024-07-21)', '1.95'), {
		message: 'Rust 1.95 or newer is needed, and this is 1.80.0. Update it: rustup update stable',
	});
	checkRust('rustc 1.95.0 (59807616e 2026-04-14)', '1.95');
});

const packages = (system) => [`${system}-a`, `${system}-b`];

test('each system gets its one command', () => {
	const release = {
		debian: 'ID=linuxmint\nID_LIKE="ubuntu debian"\n',
		fedora: 'ID=fedora\n',
		arch: 'ID=arch\n',
	};
	const said = (system) => advice('linux', release[system], packages).split('\n').at(-1).trim();
	assert.equal(said('debian'), 'sudo apt-get install -y debian-a debian-b');
	assert.equal(said('fedora'), 'sudo dnf install -y fedora-a fedora-b');
	assert.equal(said('arch'), 'sudo pacman -S --needed arch-a arch-b');
	assert.match(advice('darwin', '', packages), /xcode-select --install$/);
	assert.match(advice('win32', '', packages), /winget install .*$/);
});

test('an unknown Linux gets all of them', () => {
	assert.equal(family('ID=void\n'), undefined);
	const text = advice('linux', 'ID=void\n', packages);
	for (const word of ['Debian, Ubuntu', 'Fedora', 'Arch', 'macOS', 'Windows'])
		assert.ok(text.includes(word), word);
});

test('no display is told with ways out', () => {
	assert.throws(() => checkDisplay({}, 'linux'), /There is no display here[\s\S]*ssh -X[\s\S]*patchbay-cli/);
	checkDisplay({ DISPLAY: ':0' }, 'linux');
	checkDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux');
	checkDisplay({}, 'darwin');
});
