// The pieces that more than one chore is made of.

import { at } from './places.mjs';
import { run } from './run.mjs';

/** The window serves its page from inside the program. One set of features everywhere, so that nothing is compiled twice. */
export const WINDOW = ['--features', 'patchbay-app/custom-protocol'];

export const cargo = (...args) => run('cargo', args);

/** The crates of the lock file for this system, onto this disk. */
export const fetchCrates = () => cargo('fetch', '--locked', '--quiet', '--target', 'host-tuple');

/** The page, into ui/dist. */
export const buildPage = () => run('npm', ['run', 'build', '--workspace', 'ui', '--silent']);

/** The window and the command line. Needs the page. */
export const buildPrograms = (...flags) =>
	cargo('build', '-p', 'patchbay-app', '-p', 'patchbay-cli', ...WINDOW, ...flags);

/** The same with the features that the tests of the Rust sources have, so that what those compiled is not compiled again. */
export const buildTested = (...flags) =>
	cargo('build', '--workspace', '--bins', '--examples', ...WINDOW, ...flags);

export const testRust = (...args) => cargo('test', '--workspace', ...WINDOW, ...args);

export const clippy = () =>
	cargo('clippy', '--workspace', '--all-targets', ...WINDOW, '--', '--deny', 'warnings');

export const formatRust = (...flags) => cargo('fmt', '--all', ...flags);

/** Biome on the page, on its tests in the window and on these scripts. `--write` formats too. */
export async function biome(...flags) {
	for (const folder of ['ui', 'scripts']) {
		await run(at('node_modules/.bin/biome'), ['check', '--error-on-warnings', ...flags, '.'], {
			cwd: at(folder),
		});
	}
}

export const checkTypes = () => run('npm', ['run', 'types', '--workspace', 'ui', '--silent']);

export const testPage = () => run('npm', ['run', 'test', '--workspace', 'ui', '--silent']);

/** Node's own runner on files of tests. */
export const testNode = (...files) => run(process.execPath, ['--test', '--test-reporter=spec', ...files]);

/** Tests in the real window; all of them when no file is named. */
export const testWindow = (...files) => run(process.execPath, [at('ui/e2e/run.mjs'), ...files]);
