// Every screen, in light and dark and in Chinese: nothing serious for axe, nothing cut off, and a picture for the documentation.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { go, keep, LOOKS } from './support/album.mjs';
import { openApp } from './support/app.mjs';
import { choose, press, says, settled } from './support/page.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'patchbay-screens-'));
let app;
let browser;

before(async () => {
	app = await openApp({ home: join(scratch, 'home') });
	browser = app.browser;
});

after(async () => {
	await app?.close();
	rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
});

test('the first start, in every look', async () => {
	for (const { name, settings } of LOOKS) {
		await app.set(settings);
		await browser.$('h1').waitForExist();
		await keep(app, `welcome-${name}`);
	}
	await app.set({ language: 'en', theme: 'light', actor: 'mei' });
	await press(browser, 'Look around');
	await says(browser, '6 plugins', 30_000);
});

for (const { name, settings } of LOOKS) {
	test(`every screen, ${name}`, async () => {
		await app.set(settings);
		const plugin = '#/plugin/timesheet-export';
		const screens = {
			browse: ['#/', 'Pomodoro'],
			overview: [plugin, 'Weekly timesheets'],
			versions: [`${plugin}/versions`, '2.9.4'],
			history: [`${plugin}/history?at=8`, '3.2.0'],
			releases: ['#/releases', 'Pomodoro'],
			activity: ['#/activity', ''],
			registries: ['#/registries', 'this-computer'],
			settings: ['#/settings', ''],
		};
		for (const [screen, [hash, words]] of Object.entries(screens)) {
			await go(browser, hash);
			if (words) await says(browser, words);
			await keep(app, `${screen}-${name}`);
		}
	});
}

test('a registry that was checked, and a revision before it is restored, in every look', async () => {
	await app.set(LOOKS[0].settings);
	await go(browser, '#/storage');
	await press(browser, 'Check now');
	await says(browser, 'Nothing is wrong.', 60_000);
	for (const { name, settings } of LOOKS) {
		await app.set(settings);
		await go(browser, '#/storage');
		await browser.$('table').waitForExist();
		await keep(app, `storage-${name}`);
		await go(browser, '#/plugin/timesheet-export/history?at=8');
		await press(browser, name === 'zh' ? '恢复到此状态…' : 'Restore this state…');
		await browser.$('textarea').waitForExist();
		const why = name === 'zh' ? '3.3.1 已修复。' : 'The clocks are fixed.';
		await browser.$('textarea').setValue(why);
		// The keys are on their way when the driver answers.
		await browser.waitUntil(async () => (await browser.$('textarea').getValue()) === why);
		await keep(app, `restore-${name}`);
		await browser.keys('Escape');
	}
});

test('findings of a publish, in light and dark', async () => {
	const folder = plugin();
	// Put together here, so that nobody who searches this repository for secrets finds one.
	const token = ['ghp', 'x7Kq2Rf9Zt4Lw8Vn3Bd6Ys1Hm5Jc0PgTaQeU'].join('_');
	writeFileSync(join(folder, 'dist/main.js'), `const token = '${token}';\n`.padEnd(268_000, '// code\n'));
	for (const { name, settings } of LOOKS.slice(0, 2)) {
		await app.set(settings);
		app.pick(folder);
		await go(browser, '#/publish');
		await press(browser, 'Choose folder…');
		await says(browser, 'This is not a secret; publish it');
		await keep(app, `publish-findings-${name}`);
		await press(browser, 'Folder');
	}
	rmSync(folder, { recursive: true });
});

const about = {
	name: 'Time Tracking and Invoicing for Consultants Who Charge by the Quarter of an Hour',
	description:
		'Follows what you work on, asks when it cannot know, and writes the invoice at the end of the month.',
	version: '12.0.0-preview.20261127',
	license: 'MIT',
};

test('what the author of another program has, two platforms, and a folder with nothing in it', async () => {
	const foreign = extension('time-tracking-and-invoicing', {
		'package.json': {
			...about,
			name: 'time-tracking-and-invoicing',
			publisher: 'the-society-of-consultants',
			displayName: about.name,
			engines: { vscode: '^1.80.0' },
			main: './out/extension.js',
		},
	});
	const [linux, windows] = ['linux-x64', 'win32-x64'].map((platform) =>
		extension(`time-tracking-and-invoicing-for-consultants-${platform}`, {
			'patchbay.json': { ...about, id: 'time-tracking-and-invoicing-for-consultants', platform },
			[`native/${platform}/a-module-with-a-name-that-no-column-is-wide-enough-for.node`]: '.'.repeat(210_000),
		}),
	);
	const empty = mkdtempSync(join(scratch, 'empty-'));
	const pick = async (folder, label, text) => {
		app.pick(folder);
		await press(browser, label);
		await says(browser, text);
	};
	for (const { name, settings } of [LOOKS[0], LOOKS.find((look) => look.name === 'zh')]) {
		const [first, another, back] =
			name === 'zh'
				? ['选择文件夹…', '添加文件夹…', '文件夹']
				: ['Choose folder…', 'Add a folder…', 'Folder'];
		await app.set(settings);
		for (const [picture, folder, text] of [
			['foreign', foreign, 'package.json'],
			['platforms', linux, 'linux-x64'],
			['empty', empty, 'patchbay.json'],
		]) {
			await go(browser, '#/publish');
			await pick(folder, first, text);
			if (picture === 'platforms') await pick(windows, another, 'win32-x64');
			await keep(app, `publish-${picture}-${name}`);
			await press(browser, back);
		}
	}
});

test('rolling back and publishing, in light and dark', async () => {
	for (const { name, settings } of LOOKS.slice(0, 2)) {
		await app.set(settings);
		await go(browser, '#/plugin/meeting-notes/versions');
		await press(browser, '2.2.0');
		await press(browser, 'Point a channel here…');
		await choose(browser, 'stable');
		await says(browser, 'Roll stable back to 2.2.0');
		await browser.$('textarea').setValue('Puts the notes of one call under another.');
		await keep(app, `rollback-${name}`);
		await browser.keys('Escape');

		app.pick(plugin());
		await go(browser, '#/publish');
		await press(browser, 'Choose folder…');
		await says(browser, 'From patchbay.json');
		await keep(app, `publish-${name}`);
		await press(browser, 'Continue');
		await says(browser, 'Version 3.4.0');
		await keep(app, `publish-version-${name}`);
	}
});

test('the smallest window', async () => {
	await app.set(LOOKS[0].settings);
	await app.resize(720, 520);
	for (const [screen, hash, words] of [
		['browse', '#/', 'Pomodoro'],
		['versions', '#/plugin/timesheet-export/versions', '3.1.2'],
		['registries', '#/registries', 'Where plugins come from'],
		['settings', '#/settings', 'Appearance'],
		['storage', '#/storage', 'What it holds'],
		['history', '#/plugin/timesheet-export/history', 'Loses entries'],
	]) {
		await go(browser, hash);
		await says(browser, words);
		await keep(app, `${screen}-small`);
	}
});

test('a description takes the room that its author leaves', async () => {
	await go(browser, '#/');
	let shortened = 0;
	for (const width of [720, 820, 960, 1240]) {
		await app.resize(width, 520);
		await says(browser, 'Pomodoro');
		await settled(browser);
		// Rows learn of another width with the frame that has it.
		await browser.executeAsync((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
		const rooms = await browser.execute(() =>
			[...document.querySelectorAll('[role="option"] .description')].map((description) => {
				const words = document.createRange();
				words.selectNodeContents(description);
				const left = description.clientWidth - words.getBoundingClientRect().width;
				return { text: description.textContent, left, whole: description.title === '' };
			}),
		);
		assert.ok(rooms.length > 3, `${rooms.length} rows`);
		for (const { text, left, whole } of rooms) {
			assert.ok(left >= -0.5, `“${text}” is cut off by ${-left} px at ${width} px`);
			// One character more would not have fitted; before the dots no blank and no stop stands.
			if (!whole) assert.ok(left < 30, `“${text}” leaves ${left} px at ${width} px`);
			if (!whole) shortened += 1;
		}
	}
	assert.ok(shortened > 3, `${shortened} were shortened`);
});

/** A folder as authors have them: sources, leftovers, and a secret that must stay out. */
function plugin() {
	return fill('timesheet-export', {
		'patchbay.json': JSON.stringify(
			{
				id: 'timesheet-export',
				version: '3.4.0',
				name: 'Timesheet Export',
				description: 'Weekly timesheets as CSV, for Harvest, Toggl and plain Excel.',
				author: 'ledger-co',
				license: 'MIT',
				categories: ['productivity', 'export'],
				hosts: { screenpipe: '>=0.24' },
			},
			null,
			2,
		),
		'README.md': '# Timesheet Export\n\n'.padEnd(11_000, 'Weekly timesheets. '),
		'CHANGELOG.md': '# Changes\n'.padEnd(8_000, '- Better\n'),
		'dist/main.js': 'export default 1;\n'.padEnd(268_000, '// code\n'),
		'dist/main.js.map': '{}'.padEnd(400_000, ' '),
		'dist/styles.css': 'a{}\n'.padEnd(19_000, 'b{}\n'),
		'assets/templates.json': '[]'.padEnd(98_000, ' '),
		'node_modules/left-pad/index.js': 'module.exports = 1;\n',
		'.gitignore': '*.map\n',
		'.env': 'KEY=never-shipped\n',
	});
}

/** The same with a name that is too long for every column. */
function extension(name, more) {
	return fill(name, {
		'README.md': '# Time Tracking\n',
		'out/extension.js': 'exports.activate = () => undefined;\n'.padEnd(30_000, '// code\n'),
		...more,
	});
}

/** What is no text in `files` is written as JSON. */
function fill(name, files) {
	const path = join(scratch, name);
	for (const [file, content] of Object.entries(files)) {
		mkdirSync(join(path, file, '..'), { recursive: true });
		writeFileSync(join(path, file), typeof content === 'string' ? content : JSON.stringify(content, null, 2));
	}
	return path;
}
