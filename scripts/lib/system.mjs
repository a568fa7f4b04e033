// What the operating system must have: found, installed where that is possible without a question, named otherwise.

import { readFileSync } from 'node:fs';
import { has, output, run } from './run.mjs';
import { Problem, say } from './say.mjs';

/** What building needs, and what to call it where. */
const BUILD = {
	debian: ['build-essential', 'pkg-config', 'libwebkit2gtk-4.1-dev', 'librsvg2-dev'],
	fedora: ['gcc', 'gcc-c++', 'make', 'pkgconf-pkg-config', 'webkit2gtk4.1-devel', 'librsvg2-devel'],
	arch: ['base-devel', 'webkit2gtk-4.1', 'librsvg'],
};

/** What the tests need beside that: the real window, S3 servers from PyPI, and other programs that read and write archives. */
const TEST = {
	debian: [
		'webkit2gtk-driver',
		'xvfb',
		'dbus',
		'dbus-x11',
		'gnome-keyring',
		'imagemagick',
		'fonts-noto-cjk',
		'x11-utils',
		'python3-venv',
		'zip',
		'unzip',
		'libarchive-tools',
		'7zip',
	],
	fedora: [
		'webkit2gtk-driver',
		'xorg-x11-server-Xvfb',
		'dbus-daemon',
		'gnome-keyring',
		'ImageMagick',
		'google-noto-sans-cjk-fonts',
		'xorg-x11-utils',
		'python3',
		'zip',
		'unzip',
		'bsdtar',
		'7zip',
	],
	arch: [
		'xorg-server-xvfb',
		'dbus',
		'gnome-keyring',
		'imagemagick',
		'noto-fonts-cjk',
		'xorg-xev',
		'python',
		'zip',
		'unzip',
		'libarchive',
		'7zip',
	],
};

const MACOS = 'xcode-select --install';
const WINDOWS = 'winget install Microsoft.VisualStudio.2022.BuildTools Microsoft.EdgeWebView2Runtime';

/** Whether there is what building needs; on macOS and Windows, whether there is a compiler. */
function built() {
	if (process.platform === 'darwin') return output('xcode-select', ['-p']) !== undefined;
	// The web view is part of Windows 11, and rustc itself says when its linker is missing.
	if (process.platform === 'win32') return true;
	return has('cc') && has('pkg-config') && output('pkg-config', ['--exists', 'webkit2gtk-4.1']) !== undefined;
}

/** Whether there is what the tests need beside that. */
function testable() {
	const programs = [
		'WebKitWebDriver',
		'xvfb-run',
		'dbus-run-session',
		'gnome-keyring-daemon',
		'import',
		'xev',
		'zip',
		'unzip',
		'bsdtar',
	];
	return (
		programs.every(has) &&
		['7zz', '7z'].some(has) &&
		(output('fc-list', [':lang=zh-cn']) ?? '') !== '' &&
		output('python3', ['-c', 'import ensurepip, venv']) !== undefined
	);
}

/** Makes sure that the app can be built here. */
export const readyToBuild = () => ready(built, ['build'], BUILD);

/** Makes sure that the tests can run here. The tests of the real window run on Linux only. */
export async function readyToTest() {
	await readyToBuild();
	if (process.platform === 'linux') await ready(testable, ['build', 'test'], BUILD, TEST);
}

async function ready(isReady, what, ...lists) {
	if (isReady()) return;
	const packages = (system) => lists.flatMap((list) => list[system]);
	if (family(osRelease()) === 'debian' && (await installWithApt(packages('debian')))) {
		if (isReady()) return;
		throw new Problem(
			`The system packages are installed, and yet something to ${what.join(' and ')} with is missing.`,
		);
	}
	throw new Problem(advice(process.platform, osRelease(), packages));
}

/** The one command to run, or one for each system when this one is not known. */
export function advice(platform, release, packages) {
	const commands = {
		debian: `sudo apt-get install -y ${packages('debian').join(' ')}`,
		fedora: `sudo dnf install -y ${packages('fedora').join(' ')}`,
		arch: `sudo pacman -S --needed ${packages('arch').join(' ')}`,
	};
	const known = platform === 'darwin' ? MACOS : platform === 'win32' ? WINDOWS : commands[family(release)];
	if (known) return `Some system packages are missing. Run this, then try again:\n\n  ${known}`;
	return [
		'Some system packages are missing. Run the line for your system, then try again:',
		'',
		`  Debian, Ubuntu  ${commands.debian}`,
		`  Fedora          ${commands.fedora}`,
		`  Arch            ${commands.arch}`,
		`  macOS           ${MACOS}`,
		`  Windows         ${WINDOWS}`,
	].join('\n');
}

/** Which package names a Linux uses, by its `/etc/os-release`. */
export function family(release) {
	const field = (name) => release.match(new RegExp(`^${name}="?([^"\n]*)`, 'm'))?.[1] ?? '';
	const ids = `${field('ID')} ${field('ID_LIKE')}`.split(' ');
	if (ids.includes('debian') || ids.includes('ubuntu')) return 'debian';
	if (ids.includes('fedora') || ids.includes('rhel')) return 'fedora';
	if (ids.includes('arch')) return 'arch';
	return undefined;
}

function osRelease() {
	try {
		return readFileSync('/etc/os-release', 'utf8');
	} catch {
		return '';
	}
}

/** Installs through apt as root, or through a sudo that asks for no password. False when it may not. */
async function installWithApt(packages) {
	if (!has('apt-get')) return false;
	const may =
		process.getuid() === 0 ? [] : output('sudo', ['-n', 'true']) !== undefined ? ['sudo', '-n'] : undefined;
	if (!may) return false;
	const missing = packages.filter((name) => !installed(name));
	say(`Installing ${missing.join(', ')}`);
	const apt = (...args) => {
		const [command, ...rest] = [...may, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', ...args];
		return run(command, rest);
	};
	await apt('update');
	// With what they recommend: WebKit's graphics drivers and xvfb-run's xauth are only recommended.
	await apt('install', '-y', ...missing);
	return true;
}

const installed = (name) => output('dpkg', ['-s', name])?.includes('\nStatus: install ok installed') ?? false;
