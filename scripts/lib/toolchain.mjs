// Rust and Node: looked at, never installed. They belong to the person, not to the project.

import { readFileSync } from 'node:fs';
import { at } from './places.mjs';
import { output } from './run.mjs';
import { Problem } from './say.mjs';

const INSTALL_RUST = 'Install it with rustup (https://rustup.rs), then open a new shell and try again.';
const UPDATE_RUST = 'Update it: rustup update stable';

/** Fails with what to do unless Rust and Node are new enough. */
export function checkToolchain() {
	const rust = readFileSync(at('Cargo.toml'), 'utf8').match(/^rust-version = "(.+)"$/m)[1];
	const node = JSON.parse(readFileSync(at('package.json'), 'utf8')).engines.node.replace('>=', '');
	checkRust(output('rustc', ['--version']), rust);
	if (older(process.versions.node, node)) {
		throw new Problem(
			`Node ${node} or newer is needed, and this is ${process.versions.node}. See https://nodejs.org.`,
		);
	}
}

/** `printed` is what `rustc --version` prints, if it is there. */
export function checkRust(printed, needed) {
	if (printed === undefined)
		throw new Problem(`Rust ${needed} or newer is needed, and none is installed. ${INSTALL_RUST}`);
	const version = printed.split(' ')[1] ?? printed;
	if (older(version, needed))
		throw new Problem(`Rust ${needed} or newer is needed, and this is ${version}. ${UPDATE_RUST}`);
}

/** Whether a version is older than another, by its numbers. */
export function older(version, than) {
	const [a, b] = [version, than].map((text) => text.split(/[.+-]/).map(Number));
	for (const [i, wanted] of b.entries()) {
		if ((a[i] ?? 0) !== wanted) return (a[i] ?? 0) < wanted;
	}
	return false;
}
