// Comparing versions and reading files in the real window, on real plugins: every look, by pointer, keyboard and address.

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { realHome } from '../../scripts/real.mjs';
import { go, keep, LOOKS } from './support/album.mjs';
import { openApp } from './support/app.mjs';
import { press, says } from './support/page.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'patchbay-compare-'));
let app;
let browser;

before(async () => {
	const home = join(scratch, 'home');
	cpSync(await realHome(), home, { recursive: true });
	app = await openApp({ home });
	browser = app.browser;
	await app.set({ language: 'en', theme: 'light', actor: 'mei' });
});

after(async () => {
	await app?.close();
	rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
});

const COMPARE = '#/plugin/node-red-contrib-telegrambot/compare?version=8.3.0&base=5.5.2';
const FILES = '#/plugin/node-red-contrib-telegrambot/files?version=8.3.0&file=package.json';

test('two real versions and a real file, in every look', async () => {
	for (const { name, settings } of LOOKS) {
		await app.set(settings);
		await go(browser, COMPARE);
		await says(browser, 'package.json', 30_000);
		await says(browser, 'node-telegram-bot-api');
		await keep(app, `compare-${name}`);
		await go(browser, FILES);
		await says(browser, '"node-red"', 30_000);
		await keep(app, `files-${name}`);
	}
	await app.set(LOOKS[0].settings);
});

test('a file is reached from the list, and changes by n and p', async () => {
	await go(browser, COMPARE);
	const option = await browser.$('[role=option][title="package.json"]');
	await option.waitForExist({ timeout: 20_000 });
	await option.click();
	await says(browser, '"version": "8.3.0"');
	assert.match(await browser.execute(() => window.location.hash), /file=package\.json/);
	await browser.keys('n');
	await browser.waitUntil(() => browser.execute(() => document.querySelector('.current') !== null), {
		timeoutMsg: 'n does not stop at a change',
	});
	const first = await browser.execute(() => document.querySelector('.current').textContent);
	await browser.keys('n');
	await browser.waitUntil(
		async () => (await browser.execute(() => document.querySelector('.current')?.textContent)) !== first,
		{ timeoutMsg: 'n does not go on' },
	);
	await browser.keys('p');
	await browser.waitUntil(
		async () => (await browser.execute(() => document.querySelector('.current')?.textContent)) === first,
		{ timeoutMsg: 'p does not go back' },
	);
});

test('unchanged lines are shown when they are asked for', async () => {
	await browser.execute(() => document.querySelector('.scroller').scrollTo(0, 0));
	// Only what is near the window is there, and it is laid out again while it moves: from the top down until a gap is in sight, and
	// pressed in the same moment.
	await browser.waitUntil(
		() =>
			browser.execute(() => {
				const scroller = document.querySelector('.scroller');
				const { top, bottom } = scroller.getBoundingClientRect();
				const inSight = ({ y, height }) => y >= top && y + height <= bottom;
				const gap = [...document.querySelectorAll('button.gap')].find((one) =>
					inSight(one.getBoundingClientRect()),
				);
				if (gap === undefined) scroller.scrollBy(0, 100);
				else {
					window.pressed = gap;
					gap.click();
				}
				return gap !== undefined;
			}),
		{ interval: 50, timeout: 30_000, timeoutMsg: 'there is no gap' },
	);
	// This one, not their number: the lines that come push others out of what is laid out, or let others in.
	await browser.waitUntil(() => browser.execute(() => !window.pressed.isConnected), {
		timeout: 30_000,
		timeoutMsg: 'the gap stays',
	});
});

test('every pair of versions of every real plugin can be compared', async (t) => {
	const { answer: shelf } = await app.invoke('browse', {
		registry: 'this-computer',
		request: { query: '', sort: 'name', offset: 0, limit: 500 },
	});
	// A debug build on a busy computer takes its time for the largest of them.
	await browser.setTimeout({ script: 120_000 });
	let pairs = 0;
	let slowest = 0;
	for (const { id } of shelf.rows) {
		const { answer: view } = await app.invoke('plugin', { registry: 'this-computer', id, fresh: true });
		const versions = view.releases.map((release) => release.version);
		for (let i = 0; i + 1 < versions.length; i += 1) {
			const began = Date.now();
			const { answer, refused } = await app.invoke('compare', {
				registry: 'this-computer',
				id,
				old: versions[i + 1],
				new: versions[i],
				platform: null,
				only: [],
			});
			slowest = Math.max(slowest, Date.now() - began);
			assert.ok(answer, `${id} ${versions[i]}: ${JSON.stringify(refused)}`);
			assert.ok(answer.suggestion, `${id} ${versions[i]}: two releases differ at least in their version`);
			pairs += 1;
		}
	}
	assert.ok(pairs > 50, `${pairs} pairs`);
	t.diagnostic(`${pairs} pairs of real versions; the slowest took ${slowest} ms`);
});

test('what a publish changes is told before it is published', async () => {
	for (const { name, settings } of LOOKS.slice(0, 2)) {
		await app.set(settings);
		app.pick(folder());
		await go(browser, '#/publish');
		await press(browser, 'Choose folder…');
		await says(browser, 'From package.json');
		await press(browser, 'Continue');
		await says(browser, 'What this publish changes');
		await says(browser, 'which asks for 0.2.0 or higher', 30_000);
		await keep(app, `publish-changes-${name}`);
		await press(browser, 'Folder');
	}
});

test('the smallest window', async () => {
	await app.set(LOOKS[0].settings);
	await app.resize(720, 520);
	await go(browser, COMPARE);
	await says(browser, 'node-telegram-bot-api');
	await keep(app, 'compare-small');
	await go(browser, FILES);
	await says(browser, '"node-red"');
	await keep(app, 'files-small');
});

/** The next version of a real plugin: a node that is gone, a narrower range, a new dependency, and code that hides something. */
function folder() {
	const path = join(scratch, 'node-red-contrib-logger');
	mkdirSync(join(path, 'lib'), { recursive: true });
	const manifest = {
		name: 'node-red-contrib-logger',
		version: '0.1.1',
		description: 'Logs what passes.',
		license: 'MIT',
		engines: { 'node-red': '>=3.0.0' },
		dependencies: { dayjs: '^1.11.0' },
		'node-red': { nodes: { journal: 'lib/journal.js' } },
		scripts: { postinstall: 'node lib/setup.js' },
	};
	const files = {
		'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
		'lib/journal.js': "if (level !== 'user\u202e \u2066// admins only\u2069 \u2066') {\n\tallow();\n}\n",
		'lib/setup.js': 'console.log("set up");\n',
		'README.md': '# Logger\n\nLogs what passes.\n',
		LICENSE: 'MIT\n',
	};
	for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
	return path;
}
