// A bucket with a real key in the real keychain: added in the window, tested step by step, published to; and the key is nowhere else.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { program } from '../../scripts/lib/places.mjs';
import { openApp } from './support/app.mjs';
import { press, says } from './support/page.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'patchbay-connect-'));
let server;
let place;
let key;
let app;
let browser;
const answers = [];

before(async () => {
	// Another computer's registry: the same bytes over the same protocol, behind a key that only the keychain will know.
	server = spawn(program('patchbay'), ['serve-local', '--json', '--home', join(scratch, 'there')], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const [line] = await once(createInterface(server.stdout), 'line');
	place = JSON.parse(line);
	key = JSON.parse(readFileSync(place.key_file, 'utf8'));
	app = await openApp({ home: join(scratch, 'here') });
	browser = app.browser;
	await app.set({ language: 'en', theme: 'light', actor: 'mei' });
});

after(async () => {
	await app?.close();
	if (server.exitCode === null) {
		const gone = once(server, 'exit');
		server.kill();
		await gone;
	}
	rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
});

async function fill(label, value) {
	const id = await browser.$(`//label[normalize-space(.)=${JSON.stringify(label)}]`).getAttribute('for');
	await browser.$(`[id="${id}"]`).setValue(value);
}

/** Calls a command and keeps what crossed over, to be searched later. */
async function ask(command, args) {
	const said = await app.invoke(command, args);
	answers.push(JSON.stringify(said));
	return said;
}

test('a bucket is added with its key, and every step of the connection passes', async () => {
	await press(browser, 'Connect');
	await fill('Name', 'team');
	await fill('Bucket', place.bucket);
	await fill('Prefix', 'team');
	await fill('Region', place.region);
	await fill('Endpoint', place.endpoint);
	await fill('Access key id', key.access_key_id);
	await fill('Secret access key', 'not-the-secret');
	await browser.$('//*[contains(text(), "Create the registry in an empty bucket")]').click();
	await press(browser, 'Add and test');
	// What is to be done comes with the reason, wherever the form is scrolled to.
	const alert = browser.$('.failed [role="alert"]');
	await alert.waitForExist({ timeout: 20_000 });
	assert.match(await alert.getText(), /The store does not accept this access key\./);
	const hidden = await browser.execute(
		(seen) => {
			const { x, y, width, height } = seen.getBoundingClientRect();
			return !seen.contains(document.elementFromPoint(x + width / 2, y + height / 2));
		},
		await alert,
	);
	assert.equal(hidden, false, 'the reason is out of sight');
	await fill('Access key id', key.access_key_id);
	await fill('Secret access key', key.secret_access_key);
	await press(browser, 'Add and test');
	await says(browser, 'Everything works.', 30_000);
	await says(browser, 'From the keychain');
	await says(browser, 'Conditional writes are kept');
});

test('publishing there works after a restart, with nothing but the keychain', async () => {
	const home = app.home;
	await app.close();
	app = await openApp({ home });
	browser = app.browser;
	const folder = join(scratch, 'plugin');
	mkdirSync(folder);
	writeFileSync(
		join(folder, 'patchbay.json'),
		JSON.stringify({ id: 'kept', version: '1.0.0', name: 'Kept' }),
	);
	writeFileSync(join(folder, 'main.js'), 'export default 1;\n');
	const request = { path: folder, channel: null, force_channel: false, notes: null };
	const { answer } = await ask('publish', { registry: 'team', request });
	await browser.waitUntil(
		async () => {
			const { answer: jobs } = await ask('jobs');
			const job = jobs.find(({ id }) => id === answer.id);
			assert.ok(!['failed', 'unknown', 'cancelled'].includes(job.status.state), JSON.stringify(job));
			return job.status.state === 'done';
		},
		{ timeout: 20_000, interval: 50 },
	);
	const shown = await ask('plugin', { registry: 'team', id: 'kept', fresh: true });
	assert.equal(shown.answer.card.version, '1.0.0');
});

test('a wrong key is said in words, and is not the old one in silence', async () => {
	const secret = {
		access_key_id: key.access_key_id,
		secret_access_key: 'not-the-secret',
		session_token: null,
	};
	await ask('log_in', { name: 'team', secret });
	const { refused } = await ask('sync', { registry: 'team', accept: false });
	const said = refused ?? (await ask('sync', { registry: 'team', accept: false })).answer.stale;
	assert.equal(said.kind, 'wrong_key');
	assert.equal(said.message, 'The store does not accept this access key.');
	await ask('log_in', { name: 'team', secret: { ...secret, secret_access_key: key.secret_access_key } });
	const again = await ask('sync', { registry: 'team', accept: false });
	assert.equal(again.answer.stale, null);
});

test('the key is in no answer, no file and no output', async () => {
	for (const command of ['start', 'jobs', 'aws_profiles']) await ask(command);
	await ask('browse', { registry: 'team', request: { query: '', sort: 'relevance', offset: 0, limit: 100 } });
	await ask('history', { registry: 'team', id: 'kept', before: null });
	const page = await browser.execute(() => document.documentElement.outerHTML);
	const secrets = [key.secret_access_key, 'not-the-secret'];
	const found = [];
	const search = (where, text) => {
		for (const secret of secrets) if (text.includes(secret)) found.push(where);
	};
	search('an answer', answers.join('\n'));
	search('the page', page);
	search('the output', app.log());
	for (const file of files(scratch)) if (file !== place.key_file) search(file, readFileSync(file, 'latin1'));
	assert.deepEqual(found, []);
	// The search itself finds what is there.
	search(place.key_file, readFileSync(place.key_file, 'latin1'));
	assert.deepEqual(found, [place.key_file]);
});

function* files(folder) {
	for (const name of readdirSync(folder)) {
		const path = join(folder, name);
		const stat = statSync(path, { throwIfNoEntry: false });
		if (stat?.isDirectory()) yield* files(path);
		else if (stat?.isFile()) yield path;
	}
}
