// A publish whose program dies, or whose answer is lost, in the window: Activity knows it after a restart, and settles it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { program } from '../../scripts/lib/places.mjs';
import { go } from './support/album.mjs';
import { openApp } from './support/app.mjs';
import { press, says } from './support/page.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'patchbay-restart-'));
const home = join(scratch, 'here');
let server;
let place;
let key;
let wire;
let app;

before(async () => {
	server = spawn(program('patchbay'), ['serve-local', '--json', '--home', join(scratch, 'there')], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const [line] = await once(createInterface(server.stdout), 'line');
	place = JSON.parse(line);
	key = JSON.parse(readFileSync(place.key_file, 'utf8'));
	wire = await startWire(place.endpoint);
});

beforeEach(async () => {
	app = await openApp({ home });
	await app.set({ language: 'en', theme: 'light', actor: 'mei' });
	const { answer } = await app.invoke('start');
	if (answer.registries.length > 0) return;
	const { refused } = await app.invoke('add_registry', {
		input: {
			name: 'team',
			bucket: place.bucket,
			prefix: 'team',
			region: place.region,
			endpoint: wire.endpoint,
			url: null,
			credentials: { source: 'keychain' },
			create: true,
		},
		secret: { ...key, session_token: null },
	});
	assert.equal(refused, undefined, JSON.stringify(refused));
	await app.browser.refresh();
});

afterEach(async () => {
	wire.heal();
	await app?.close();
});

after(async () => {
	wire.close();
	if (server.exitCode === null) {
		const gone = once(server, 'exit');
		server.kill();
		await gone;
	}
	rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
});

/** A wire between the window and the store that can lose what is said on it. */
async function startWire(endpoint) {
	const to = new URL(endpoint);
	/** Called with each request: whether it passes, is swallowed or denied, or happens and its answer is lost or held back. */
	let fate = () => 'passes';
	let held = () => undefined;
	const proxy = createServer((incoming, outgoing) => {
		const decided = fate(incoming);
		if (decided === 'swallowed') return;
		if (decided === 'denied') {
			outgoing.writeHead(403, { 'content-type': 'application/xml' });
			outgoing.end('<Error><Code>AccessDenied</Code><Message>The session is over.</Message></Error>');
			return;
		}
		// With the headers as they are: they are signed.
		const options = { host: to.hostname, port: to.port, method: incoming.method, path: incoming.url };
		const passed = request({ ...options, headers: incoming.headers, setHost: false }, (answer) => {
			if (decided !== 'passes') {
				answer.resume();
				answer.on('end', () => (decided === 'held' ? held() : incoming.socket.destroy()));
				return;
			}
			outgoing.writeHead(answer.statusCode, answer.rawHeaders);
			answer.pipe(outgoing);
		});
		passed.on('error', () => incoming.socket.destroy());
		incoming.pipe(passed);
	}).listen(0, '127.0.0.1');
	await once(proxy, 'listening');
	return {
		endpoint: `http://127.0.0.1:${proxy.address().port}`,
		/**
		 * From the commit on: it happens, its answer is lost, and the session is over when the registry is asked. Silence would do as
		 * well, but it is asked for a minute before that counts.
		 */
		loseCommit() {
			let lost = false;
			fate = ({ method, url }) => {
				if (lost) return 'denied';
				lost = method === 'PUT' && url.includes('/plugins/');
				return lost ? 'unanswered' : 'passes';
			};
		},
		/** The commit happens, and its answer stays on the way. Answers when that is so. */
		holdCommit() {
			return new Promise((reached) => {
				fate = ({ method, url }) => {
					if (method !== 'PUT' || !url.includes('/plugins/')) return 'passes';
					held = reached;
					return 'held';
				};
			});
		},
		/** A package stays on the way. Answers when that is so. */
		holdUpload() {
			return new Promise((reached) => {
				fate = ({ method, url }) => {
					if (method !== 'PUT' || !url.includes('/packages/')) return 'passes';
					reached();
					return 'swallowed';
				};
			});
		},
		heal() {
			fate = () => 'passes';
		},
		close() {
			proxy.close();
			proxy.closeAllConnections();
		},
	};
}

async function publish(id) {
	const folder = join(scratch, id);
	mkdirSync(folder);
	writeFileSync(join(folder, 'patchbay.json'), JSON.stringify({ id, version: '1.0.0', name: id }));
	writeFileSync(join(folder, 'main.js'), 'export default 1;\n');
	const asked = { path: folder, channel: null, force_channel: false, notes: null };
	const { answer, refused } = await app.invoke('publish', { registry: 'team', request: asked });
	assert.ok(answer, JSON.stringify(refused));
	return answer.id;
}

async function becomes(id, state) {
	let job;
	await app.browser.waitUntil(
		async () => {
			const { answer } = await app.invoke('jobs');
			job = answer.find((one) => one.id === id);
			return job?.status.state === state;
		},
		{ timeout: 20_000, interval: 100, timeoutMsg: `the job did not become ${state}` },
	);
	return job;
}

test('an outcome that is not known is found out by a press', async () => {
	wire.loseCommit();
	const id = await publish('lost-answer');
	await becomes(id, 'unknown');
	await go(app.browser, '#/activity');
	await says(app.browser, 'Publish lost-answer 1.0.0 Outcome not known');
	wire.heal();
	await press(app.browser, 'Find out now');
	await says(app.browser, 'Publish lost-answer 1.0.0 Live');
	const { answer } = await app.invoke('history', { registry: 'team', id: 'lost-answer', before: null });
	assert.equal(answer.revisions.length, 1, 'it was not written twice');
});

test('a program that dies in the middle of a publish settles it by itself when it starts again', async () => {
	const committed = wire.holdCommit();
	const id = await publish('died');
	await committed;
	app.kill();
	await app.close();
	wire.heal();
	app = await openApp({ home });
	await becomes(id, 'done');
	await go(app.browser, '#/activity');
	await says(app.browser, 'Publish died 1.0.0 Live');
	const { answer } = await app.invoke('history', { registry: 'team', id: 'died', before: null });
	assert.equal(answer.revisions.length, 1, 'it was not written twice');
});

test('what is not live waits for whoever started it, and is resumed by a press', async () => {
	const stopped = wire.holdUpload();
	const id = await publish('waits');
	await stopped;
	app.kill();
	await app.close();
	wire.heal();
	app = await openApp({ home });
	await go(app.browser, '#/activity');
	await says(app.browser, 'Publish waits 1.0.0 Interrupted');
	await press(app.browser, 'Resume');
	await becomes(id, 'done');
	await says(app.browser, 'Publish waits 1.0.0 Live');
});
