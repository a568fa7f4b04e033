// One open window with a data folder of its own.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { remote } from 'webdriverio';
import { python } from '../../../scripts/lib/servers.mjs';
import { startDriver } from './driver.mjs';
import { binary, output } from './places.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Opens the app. `home` is kept when given, made and removed otherwise; `env` reaches the app.
 * Everything a test needs of the window is on what this returns; `browser` is WebdriverIO's.
 */
export async function openApp({ home, env = {} } = {}) {
	const scratch = mkdtempSync(join(tmpdir(), 'patchbay-e2e-'));
	const data = home ?? join(scratch, 'home');
	const answers = join(scratch, 'picked');
	const open = () => session(data, { PATCHBAY_E2E_PICK: answers, ...env });
	// Once in some hundred windows WebKit's automation never hears of the one that it opened; a window that does not start fails twice.
	const { browser, driver } = await open().catch((error) => {
		process.stderr.write(`${error.message}\nOnce more.\n`);
		return open();
	});
	try {
		await browser.waitUntil(
			() =>
				browser.execute(() => document.readyState === 'complete' && document.visibilityState === 'visible'),
			{ timeout: 20_000, interval: 50, timeoutMsg: 'the window did not show itself' },
		);
	} catch (error) {
		await driver.stop();
		kill(data);
		rmSync(scratch, { recursive: true, force: true });
		throw new Error(`the app did not open: ${error.message}\n${driver.log()}`, { cause: error });
	}

	return {
		browser,
		home: data,
		log: driver.log,

		/** Calls a command as the page does. A refusal comes back as `{ refused }`. */
		invoke(command, args = {}) {
			return browser.executeAsync(
				(name, given, done) => {
					window.__TAURI_INTERNALS__.invoke(name, given).then(
						(answer) => done({ answer }),
						(refused) => done({ refused }),
					);
				},
				command,
				args,
			);
		},

		/** What the next file dialogs answer; nothing means that the person cancels. */
		pick(path = '') {
			writeFileSync(answers, path);
		},

		/** Changes settings (theme, language, …) and shows the page anew. */
		async set(changes) {
			const { answer, refused } = await this.invoke('start');
			if (refused) throw new Error(`start was refused: ${JSON.stringify(refused)}`);
			await this.invoke('save_settings', { settings: { ...answer.settings, ...changes } });
			await browser.refresh();
		},

		/** Sizes the page, not the frame around it. */
		async resize(width, height) {
			await browser.setWindowSize(width, height);
			await browser.waitUntil(() => browser.execute((w) => window.innerWidth === w, width), {
				timeoutMsg: `the window did not become ${width} wide`,
			});
		},

		/** Keeps a picture of the page as `target/e2e/NAME.png`, or where `file` says. */
		async shot(name, file = join(output, `${name}.png`)) {
			mkdirSync(dirname(file), { recursive: true });
			await browser.saveScreenshot(file);
			return file;
		},

		/** What axe finds serious or critical, one line each. */
		async axe() {
			await browser.execute(axeSource);
			const { violations, error } = await browser.executeAsync((done) => {
				window.axe
					.run(document, { resultTypes: ['violations'] })
					.then(done, (failure) => done({ error: String(failure) }));
			});
			if (error) throw new Error(`axe: ${error}`);
			return violations
				.filter(({ impact }) => impact === 'serious' || impact === 'critical')
				.flatMap(({ id, impact, nodes }) =>
					nodes.map(({ target, failureSummary }) => `${impact} ${id} ${target}: ${failureSummary}`),
				);
		},

		/** From now on, what the page tries against its content security policy is kept for `violations`. */
		async watchPolicy() {
			await browser.execute(() => {
				window.policyViolations = [];
				document.addEventListener('securitypolicyviolation', (event) => {
					window.policyViolations.push(
						`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`,
					);
				});
			});
		},

		/** Runs the page's own script a second time in the same document: what it does at its start happens under `watchPolicy`. */
		async startPageAgain() {
			const failed = await browser.executeAsync((done) => {
				const script = document.querySelector('script[type="module"][src]');
				document.body.replaceChildren(
					...[...document.body.children].map((element) => element.cloneNode(element.tagName === 'SCRIPT')),
				);
				import(`${script.src}?again`).then(
					() => setTimeout(done, 500),
					(error) => done(String(error)),
				);
			});
			if (failed) throw new Error(`the page did not start again: ${failed}`);
		},

		violations() {
			return browser.execute(() => window.policyViolations);
		},

		/** Closes the window as the person does, by its frame. */
		closeWindow() {
			const script = fileURLToPath(new URL('close.py', import.meta.url));
			const { status, stderr } = spawnSync(python, [script, 'Patchbay'], { encoding: 'utf8' });
			if (status !== 0) throw new Error(`the window was not closed: ${stderr}`);
		},

		/** Ends the app as a crash does: nothing of it runs any further. */
		kill: () => kill(data),

		/** Waits until the app has ended. */
		async gone() {
			const deadline = Date.now() + 10_000;
			while (
				await browser.getTitle().then(
					() => true,
					() => false,
				)
			) {
				if (Date.now() > deadline) throw new Error('the window is still open');
				await pause(50);
			}
		},

		/** Ends the app, if it has not ended, and removes what was made for it. */
		async close() {
			await browser.deleteSession().catch(() => {});
			await driver.stop();
			kill(data);
			rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
		},
	};
}

/** A driver with a window of which it has heard. */
async function session(data, env) {
	const driver = await startDriver(env);
	try {
		const browser = await remote({
			hostname: '127.0.0.1',
			port: driver.port,
			logLevel: 'silent',
			connectionRetryTimeout: 30_000,
			connectionRetryCount: 0,
			capabilities: {
				'webkitgtk:browserOptions': { binary, args: ['--home', data] },
				'wdio:enforceWebDriverClassic': true,
			},
		});
		return { browser, driver };
	} catch (error) {
		await driver.stop();
		kill(data);
		throw new Error(`the app did not open: ${error.message}\n${driver.log()}`, { cause: error });
	}
}

/** Ends the app that has these data. */
function kill(data) {
	for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
		try {
			const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
			if (args[0] === binary && args.includes(data)) process.kill(Number(pid), 'SIGKILL');
		} catch {
			// It has ended meanwhile.
		}
	}
}
