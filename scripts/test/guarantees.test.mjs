import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { at } from '../lib/places.mjs';

/** `[file, test]` of every test that a text names: a path in backticks, and after it the names, each in backticks. */
function named(text) {
	const pairs = [];
	let file;
	for (const [, word] of text.matchAll(/`([^`]+)`/g)) {
		if (/^crates\/.*\.rs$/.test(word)) file = word;
		else if (file && /^[a-z0-9_]+$/.test(word)) pairs.push([file, word]);
	}
	return pairs;
}

/** The promises of `docs/guarantees.md`, each with its text. */
function promises() {
	return readFileSync(at('docs/guarantees.md'), 'utf8').split('\n## ').slice(1);
}

test('every promise names tests, and every test that is named is there', () => {
	const all = promises();
	assert.equal(all.length, 8, 'seven promises, and that the tests can fail');
	for (const promise of all) {
		const pairs = named(promise);
		assert.ok(pairs.length > 0, `nothing shows ${promise.split('\n')[0]}`);
		for (const [file, name] of pairs) {
			assert.ok(existsSync(at(file)), `${file} is not there`);
			const source = readFileSync(at(file), 'utf8');
			const test = new RegExp(`#\\[(tokio::)?test[^\\n]*\\s+(#\\[[^\\n]*\\s+)*(async )?fn ${name}\\(`);
			assert.match(source, test, `${file} has no test ${name}`);
		}
	}
});

test('a test that is named and not there would be seen', () => {
	const pairs = named('Shown by `crates/a/tests/b.rs`: `one`, `two`');
	assert.deepEqual(pairs, [
		['crates/a/tests/b.rs', 'one'],
		['crates/a/tests/b.rs', 'two'],
	]);
});
