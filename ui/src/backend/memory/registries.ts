import type { ConnectionStep } from '../../generated/ConnectionStep';
import type { RegistryInput } from '../../generated/RegistryInput';
import type { RegistryView } from '../../generated/RegistryView';
import type { StepName } from '../../generated/StepName';
import type { StepState } from '../../generated/StepState';
import { readOnly, unreachable, wireError } from './errors';

const nowhere = { bucket: null, prefix: null, endpoint: null, region: null, url: null };

export const acme: RegistryView = {
	...nowhere,
	name: 'acme-plugins',
	kind: 's3',
	location: 'acme-plugins · eu-central-1',
	bucket: 'acme-plugins',
	region: 'eu-central-1',
	credentials: { source: 'keychain' },
	identity: 'arn:aws:iam::123456789012:user/mei',
	is_default: true,
	access: { state: 'read_write' },
};

export const embedded: RegistryView = {
	...nowhere,
	name: 'local',
	kind: 'embedded',
	location: '/home/mei/.local/share/patchbay/registry',
	credentials: { source: 'embedded' },
	identity: null,
	is_default: false,
	access: { state: 'read_write' },
};

export const community: RegistryView = {
	...nowhere,
	name: 'community',
	kind: 'http',
	location: 'plugins.example.com',
	url: 'https://plugins.example.com/',
	credentials: { source: 'none' },
	identity: null,
	is_default: false,
	access: { state: 'read_only', reason: readOnly },
};

/** A registry as it is listed after it was added. */
export function added(input: RegistryInput): RegistryView {
	const http = input.url !== null;
	const place = [input.bucket, input.prefix].filter(Boolean).join('/');
	return {
		name: input.name,
		kind: http ? 'http' : 's3',
		location: http ? new URL(input.url ?? '').host : [place, input.region].filter(Boolean).join(' · '),
		...{ bucket: input.bucket, prefix: input.prefix, endpoint: input.endpoint, region: input.region },
		url: input.url,
		credentials: input.credentials,
		identity: null,
		is_default: false,
		access: http ? { state: 'read_only', reason: readOnly } : { state: 'unknown' },
	};
}

/** The steps of a connection test. A registry named `broken` fails at its credentials, one named `offline` at its name. */
export async function testConnection(
	registry: RegistryView,
	pause: () => Promise<void>,
	onStep: (step: ConnectionStep) => void,
): Promise<void> {
	const names: StepName[] = ['name', 'tls', 'credentials', 'bucket', 'read', 'write'];
	const found = [
		'203.0.113.4',
		'TLS 1.3',
		registry.identity ?? 'key AKIA…',
		registry.location,
		'format 1',
		'8-way race, one winner',
	];
	const wrongKey = wireError(
		'credentials',
		'wrong_key',
		'The provider does not know this key, or the secret does not belong to it.',
		'Log in again with the right key pair.',
	);
	const fails = registry.name === 'offline' ? 'name' : registry.name === 'broken' ? 'credentials' : null;
	let failed = false;
	for (const [i, name] of names.entries()) {
		if (failed) {
			onStep({ name, state: { state: 'skipped', detail: 'An earlier step failed.' } });
			continue;
		}
		onStep({ name, state: { state: 'running' } });
		await pause();
		let state: StepState = { state: 'passed', detail: found[i] ?? '' };
		if (name === fails) {
			failed = true;
			state = { state: 'failed', error: name === 'name' ? unreachable : wrongKey };
		} else if (registry.kind === 'http' && (name === 'credentials' || name === 'write')) {
			state = { state: 'skipped', detail: 'Not needed for a public address.' };
		}
		onStep({ name, state });
	}
}
