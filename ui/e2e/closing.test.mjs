// Closing the window, idle and in the middle of a publish.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { openApp } from './support/app.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'patchbay-closing-'));
const home = join(scratch, 'home');
const plugin = join(scratch, 'plugin');
let app;

before(() => {
	// Bytes that do not shrink, and enough of them to be packed for seconds.
	mkdirSync(plugin);
	writeFileSync(
		join(plugin, 'patchbay.json'),
		JSON.stringify({ id: 'big', version: '1.0.0', name: 'Big', description: 'Big.' }),
	);
	writeFileSync(join(plugin, 'big.bin'), randomBytes(150_000_000));
});

afterEach(() => app?.close());

after(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 3 }));

const asked = () =>
	app.browser.execute(() => document.querySelector('[role=alertdialog], [role=dialog]')?.textContent ?? '');

async function publish() {
	await app.invoke('start_embedded');
	const request = { path: plugin, channel: null, force_channel: false, notes: null };
	const { answer } = await app.invoke('publish', { registry: 'this-computer', request });
	assert.equal(answer.status.state, 'running');
	return answer.id;
}

async function job(id) {
	const { answer } = await app.invoke('jobs');
	return answer.find((one) => one.id === id);
}

const becomes = (id, state) =>
	app.browser.waitUntil(async () => (await job(id)).status.state === state, {
		timeout: 60_000,
		timeoutMsg: `the job did not become ${state}`,
	});

test('an idle window closes at once', async () => {
	app = await openApp({ home });
	app.closeWindow();
	await app.gone();
});

test('a window with running work asks once; the work can be resumed after a second close', async () => {
	app = await openApp({ home });
	const id = await publish();
	app.closeWindow();
	await app.browser.waitUntil(async () => (await asked()) !== '', { timeoutMsg: 'nobody was asked' });
	assert.match(await asked(), /A job is still running/);
	assert.equal((await job(id)).status.state, 'running', 'asking stops nothing');
	app.closeWindow();
	await app.gone();
	await app.close();

	app = await openApp({ home });
	assert.equal((await job(id)).status.state, 'interrupted');
	await app.invoke('resume_job', { id });
	await becomes(id, 'done');
	assert.equal((await job(id)).version, '1.0.0');
});
