// Screens in every look: reached by their address, at rest, sound, and kept as pictures.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { at } from '../../../scripts/lib/places.mjs';
import { settled } from './page.mjs';

/** `npm run screenshots` keeps the pictures; a test run leaves them under target/. */
const album = process.env.PATCHBAY_SCREENSHOTS ? at('docs/screenshots') : at('target/e2e/screens');

export const LOOKS = [
	{ name: 'light', settings: { language: 'en', theme: 'light' } },
	{ name: 'dark', settings: { language: 'en', theme: 'dark' } },
	{ name: 'zh', settings: { language: 'zh-CN', theme: 'light' } },
];

/** Goes where the address says, once the page listens. */
export async function go(browser, hash) {
	await browser.$('nav').waitForExist({ timeout: 15_000 });
	await browser.execute((to) => {
		window.location.hash = to;
		window.dispatchEvent(new PopStateEvent('popstate'));
	}, hash);
}

/** A picture of the page at rest, what axe says of it, and whether it is wider than its window. */
export async function keep(app, name) {
	await settled(app.browser);
	const wide = await app.browser.execute(() => document.documentElement.scrollWidth > window.innerWidth);
	await app.shot(name, join(album, `${name}.png`));
	assert.equal(wide, false, `${name} is wider than the window`);
	assert.deepEqual(await app.axe(), [], name);
}
