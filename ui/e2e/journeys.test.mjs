// The main job in the real window, on real plugins: browse, open an old version, publish a folder, watch it appear, roll back, undo.

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { realHome } from '../../scripts/real.mjs';
import { openApp } from './support/app.mjs';
import { choose, control, press, says } from './support/page.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'patchbay-journey-'));
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

/** A plugin's folder, as its author has it. */
function folder(version, code) {
	const at = join(scratch, 'weather-card');
	mkdirSync(at, { recursive: true });
	const manifest = {
		id: 'weather-card',
		version,
		name: 'Weather Card',
		description: 'Shows the weather of the place you are writing about.',
		author: 'mei-tools',
		license: 'MIT',
		hosts: { screenpipe: '>=0.24' },
	};
	writeFileSync(join(at, 'patchbay.json'), JSON.stringify(manifest, null, 2));
	writeFileSync(
		join(at, 'README.md'),
		'# Weather Card\n\nShows the weather of the place you are writing about.\n',
	);
	writeFileSync(join(at, 'LICENSE'), 'MIT\n');
	writeFileSync(join(at, 'main.js'), code);
	writeFileSync(join(at, '.env'), 'KEY=never-shipped\n');
	return at;
}

async function publish(version, code) {
	app.pick(folder(version, code));
	await press(browser, 'Publish');
	if (await control(browser, 'Publish another').isExisting()) await press(browser, 'Publish another');
	await press(browser, 'Choose folder…');
	await says(browser, 'From patchbay.json');
	await says(browser, '.env');
	await press(browser, 'Continue');
	await says(browser, `Version ${version}`);
	await press(browser, 'Continue');
	await press(browser, `Publish ${version}`);
	await says(browser, `${version} is live`);
	await says(browser, 'Read back');
}

test('browse to a plugin and read an old version', async () => {
	await says(browser, '14 plugins');
	await browser.$('input').setValue('modbus');
	await says(browser, 'node-red-contrib-modbus');
	await press(browser, 'node-red-contrib-modbus');
	await press(browser, 'Versions');
	await says(browser, '5.60.2');
	await press(browser, '3.0.5');
	await says(browser, 'Published');
	await says(browser, 'SHA-256');
});

test('publish a folder, and watch it appear', async () => {
	await publish('1.0.0', 'export default () => "sunny";\n');
	await press(browser, 'See it');
	await says(browser, 'Weather Card');
	await press(browser, 'Browse');
	await browser.$('input').setValue('weather');
	await says(browser, 'Shows the weather');
});

test('publish a worse version, roll it back with a reason, and undo that', async () => {
	await publish('1.1.0', 'throw new Error("rain");\n');
	await press(browser, 'See it');
	await press(browser, '1.0.0');
	await press(browser, 'Point a channel here…');
	await choose(browser, 'stable');
	await says(browser, 'Roll stable back to 1.0.0');
	await says(browser, 'New publishes leave stable alone until you let it go.');
	assert.equal(await control(browser, 'Roll back').isEnabled(), false, 'a rollback needs a reason');
	await browser.$('textarea').setValue('Crashes when it rains.');
	await press(browser, 'Roll back');
	await says(browser, 'stable is back at 1.0.0.');
	await says(browser, 'Rolled back');
	const { answer } = await app.invoke('plugin', {
		registry: 'this-computer',
		id: 'weather-card',
		fresh: true,
	});
	const [stable] = answer.card.channels;
	assert.deepEqual(
		[stable.version, stable.held, stable.rolled_back.reason],
		['1.0.0', true, 'Crashes when it rains.'],
	);
	await press(browser, 'Undo');
	await says(browser, 'Taken back.');
	const undone = await app.invoke('plugin', { registry: 'this-computer', id: 'weather-card', fresh: true });
	assert.deepEqual(
		[undone.answer.card.channels[0].version, undone.answer.card.channels[0].held],
		['1.1.0', false],
	);
	await press(browser, 'History');
	await says(browser, 'Crashes when it rains.');
});

test('the same by the keyboard alone', async () => {
	await press(browser, 'Versions');
	await browser.$('[aria-label^="stable, at 1.1.0"]').waitForExist();
	await browser.execute(() => document.querySelector('[aria-label^="stable, at 1.1.0"]').focus());
	await browser.keys('[');
	await says(browser, 'Roll stable back to 1.0.0');
	await browser.keys('Escape');
	await browser.waitUntil(async () => !(await control(browser, 'Roll back').isExisting()));
	await browser.keys(['Control', 'k']);
	await browser.$('[role=dialog] input').waitForExist();
	await browser.keys('Escape');
});

test('a version that is taken stops before anything is sent', async () => {
	app.pick(folder('1.1.0', 'export default () => "other";\n'));
	await press(browser, 'Publish');
	if (await control(browser, 'Publish another').isExisting()) await press(browser, 'Publish another');
	await press(browser, 'Choose folder…');
	await says(browser, 'From patchbay.json');
	await press(browser, 'Continue');
	await says(browser, '1.1.0 is taken');
	await says(browser, 'mei published it');
	await says(browser, '1.1.1 is free.');
	assert.equal(await control(browser, 'Continue').isEnabled(), false, 'a taken version cannot be published');
});
