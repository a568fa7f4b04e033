// Finding things as a person does: by what they say.

/** A button, tab, option or menu item whose text (or name) is, or begins with, these words. */
export function control(browser, words) {
	const text = JSON.stringify(words);
	const roles =
		"self::button or self::a or @role='tab' or @role='option' or @role='menuitem' or @role='link'";
	const says = `normalize-space(.)=${text} or @aria-label=${text} or starts-with(normalize-space(.), ${text})`;
	// A row begins with its icon's letter.
	const row = `@role='option' and contains(normalize-space(.), ${text})`;
	return browser.$(`//*[((${roles}) and (${says})) or (${row})]`);
}

/** Chooses an item of the menu that is open: everything behind it is out of reach. */
export async function choose(browser, words) {
	const item = browser.$(`//*[@role='menuitem' and contains(normalize-space(.), ${JSON.stringify(words)})]`);
	await item.waitForClickable({ timeout: 10_000, timeoutMsg: `no menu has “${words}”` });
	await item.click();
}

/** Presses it, once it is there and can be pressed. */
export async function press(browser, words) {
	const found = control(browser, words);
	await found.waitForEnabled({ timeout: 15_000, timeoutMsg: `nothing to press says “${words}”` });
	await found.scrollIntoView();
	await found.click();
}

/** Waits until the page says this. */
export async function says(browser, words, timeout = 20_000) {
	const shown = () => browser.execute(() => document.body.innerText.replace(/\s+/g, ' '));
	await browser.waitUntil(async () => (await shown()).includes(words), {
		timeout,
		interval: 50,
		timeoutMsg: `the page does not say “${words}”`,
	});
}

/** Waits until nothing is being loaded and nothing moves any more, for a picture. */
export async function settled(browser) {
	await browser.waitUntil(
		() =>
			browser.execute(
				() =>
					document.querySelector('[aria-busy="true"], [data-skeleton]') === null &&
					document
						.getAnimations()
						.every((a) => a.playState !== 'running' || a.effect?.getTiming().iterations === Infinity),
			),
		{ timeout: 10_000, interval: 50, timeoutMsg: 'the page does not come to rest' },
	);
}
