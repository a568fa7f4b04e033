// From a key to the picture: how long after a letter the window has painted what is found among 100,000 plugins.

import { writeFileSync } from 'node:fs';
import { program } from '../lib/places.mjs';
import { main, Problem } from '../lib/say.mjs';
import { inOwnSession } from '../lib/session.mjs';

const WORDS = 25;
const LETTERS = 6;
/** By then everything that a letter changes is painted, or the benchmark says that it is not. */
const OVER = 400;

async function measure(profile, home) {
	process.env.PATCHBAY_E2E_APP = program('patchbay-app', profile);
	// Reads where the window is when it is loaded.
	const { openApp } = await import('../../ui/e2e/support/app.mjs');
	// Painted as a person's window is. A test's is composited for its pictures, in software where there is no graphics card; none are taken here.
	const app = await openApp({ home, env: { TAURI_AUTOMATION: 'false' } });
	try {
		await app.browser.setTimeout({ script: 60_000 });
		const words = await names(app);
		await app.browser.$('input').waitForExist({ timeout: 20_000 });
		// Where somebody types there is a caret.
		await app.browser.execute(() => document.querySelector('input').focus());
		const least = await app.browser.executeAsync(oneWord);
		const times = [];
		for (const word of words) {
			for (const letter of word.slice(0, LETTERS)) {
				const took = await app.browser.executeAsync(type, letter, OVER);
				// Where nothing changed, what is found is what was there.
				if (took > 0) times.push(took);
			}
			await app.browser.executeAsync(type, '', OVER);
		}
		if (times.length < words.length) throw new Problem(`Only ${times.length} letters changed what is shown.`);
		const of = (all, share) => {
			const sorted = all.toSorted((a, b) => a - b);
			return Math.round(sorted[Math.floor((sorted.length - 1) * share)] * 10) / 10;
		};
		const at = (share) => of(times, share);
		return ['p50', 'p95'].map((name) => ({
			name: `a letter until what is found is painted, 100,000 plugins, ${name}`,
			value: at(name === 'p50' ? 0.5 : 0.95),
			unit: 'ms',
			...(name === 'p95' ? { target: 50, met: at(0.95) <= 50 } : {}),
			peer: 'one word changed and painted in this window, same run',
			peer_value: `${of(least, name === 'p50' ? 0.5 : 0.95)} ms`,
		}));
	} finally {
		await app.close();
	}
}

/** First words of plugins from everywhere in the registry. */
async function names(app) {
	const { answer: start } = await app.invoke('start');
	const registry = start.registries[0].name;
	const ask = async (offset) => {
		const request = { query: '', sort: 'name', offset, limit: 1 };
		const { answer, refused } = await app.invoke('browse', { registry, request });
		if (refused) throw new Problem(refused.message);
		return answer;
	};
	const { found } = await ask(0);
	if (found < 100_000) throw new Problem(`The registry has ${found} plugins.`);
	const words = [];
	for (let i = 0; i < WORDS; i++) {
		const { rows } = await ask(Math.floor((found * (i + 0.5)) / WORDS));
		words.push(rows[0].name.toLowerCase().split(/\s+/)[0]);
	}
	return words;
}

/** In the page: how long it takes until a word that changes, and nothing else, is painted. */
function oneWord(done) {
	const place = document.createElement('p');
	(document.querySelector('main') ?? document.body).append(place);
	const times = [];
	const next = () => {
		if (times.length === 100) {
			place.remove();
			done(times);
			return;
		}
		const began = performance.now();
		place.textContent = `${times.length}`;
		requestAnimationFrame(() =>
			setTimeout(() => {
				times.push(performance.now() - began);
				// Keys do not come in step with frames.
				setTimeout(next, (times.length * 7) % 23);
			}),
		);
	};
	next();
}

/**
 * In the page: puts a letter into the field as a key does, or empties it, and tells when the last of what that changes was painted. By the
 * editor, as keys do: a value that a script sets takes another way, on which WebKit paints the whole window.
 */
function type(letter, over, done) {
	const page = document.querySelector('main') ?? document.body;
	let last = 0;
	// A task after the frame's own work runs when the frame is done.
	const painted = () => requestAnimationFrame(() => setTimeout(() => (last = performance.now())));
	const observer = new MutationObserver(painted);
	observer.observe(page, { subtree: true, childList: true, characterData: true, attributes: true });
	const began = performance.now();
	if (letter === '') {
		document.execCommand('selectAll');
		document.execCommand('delete');
	} else document.execCommand('insertText', false, letter);
	setTimeout(() => {
		observer.disconnect();
		done(last === 0 ? 0 : last - began);
	}, over);
}

/** Used as `node typing.mjs PROFILE HOME OUTPUT`: it needs a session of its own, so it is a program of its own. */
await main(([profile, home, output]) =>
	inOwnSession(import.meta.url, [profile, home, output], async () => {
		writeFileSync(output, JSON.stringify(await measure(profile, home)));
		return 0;
	}),
);
