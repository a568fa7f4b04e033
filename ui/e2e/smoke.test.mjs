// The window itself: it opens, it is shut in, and it can be used by everybody.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { openApp } from './support/app.mjs';

let app;
let outside;
const visits = [];

before(async () => {
	outside = createServer((request, response) => {
		visits.push(request.url);
		response.end('outside');
	}).listen(0, '127.0.0.1');
	await once(outside, 'listening');
	app = await openApp();
});

after(async () => {
	await app?.close();
	outside.close();
});

test('the window opens on its page', async () => {
	assert.equal(await app.browser.getTitle(), 'Patchbay');
	assert.equal(new URL(await app.browser.getUrl()).protocol, 'tauri:');
	await app.shot('smoke');
});

test('the page keeps its content security policy', async () => {
	await app.watchPolicy();
	await app.startPageAgain();
	assert.deepEqual(await app.violations(), []);
});

test('axe finds nothing serious', async () => {
	assert.deepEqual(await app.axe(), []);
});

test('the page cannot reach out, and the attempt is seen', async () => {
	const url = `http://127.0.0.1:${outside.address().port}`;
	const reached = await app.browser.executeAsync((address, done) => {
		const image = new Image();
		image.src = `${address}/image`;
		fetch(`${address}/fetch`).then(
			() => done(true),
			() => done(false),
		);
	}, url);
	assert.equal(reached, false);
	assert.deepEqual(visits, []);
	const blocked = (await app.violations()).join('\n');
	assert.match(blocked, /connect-src/);
	assert.match(blocked, /img-src/);
});

test('an inline script does not run', async () => {
	const ran = await app.browser.execute(() => {
		const script = document.createElement('script');
		script.textContent = 'window.inlineRan = true';
		document.body.append(script);
		script.remove();
		return window.inlineRan === true;
	});
	assert.equal(ran, false);
});

test('the page cannot be left', async () => {
	const address = `http://127.0.0.1:${outside.address().port}/away`;
	const before = await app.browser.getUrl();
	await app.browser.execute((url) => {
		window.stayed = true;
		window.open(`${url}?opened`);
		const link = document.createElement('a');
		link.href = `${url}?link`;
		document.body.append(link);
		link.click();
		link.remove();
		window.location.assign(`${url}?assigned`);
	}, address);
	// A round trip through the program: the page is still there to answer, and a navigation would have begun before.
	await app.invoke('show_window');
	assert.equal(await app.browser.execute(() => window.stayed), true);
	assert.equal(await app.browser.getUrl(), before);
	assert.equal((await app.browser.getWindowHandles()).length, 1);
	assert.deepEqual(visits, []);
});

test('a command that the capability does not name is refused', async () => {
	for (const command of [
		'no_such_command',
		'plugin:dialog|open',
		'plugin:event|emit',
		'plugin:window|close',
		'plugin:webview|create_webview',
	]) {
		const { refused } = await app.invoke(command);
		assert.match(String(refused), /not allowed|not found/, `${command} answered`);
	}
});

test('a dialog answers what the test picked', async () => {
	app.pick('/a/folder');
	assert.deepEqual(await app.invoke('pick_folder'), { answer: '/a/folder' });
	app.pick();
	assert.deepEqual(await app.invoke('pick_folder'), { answer: null });
});
