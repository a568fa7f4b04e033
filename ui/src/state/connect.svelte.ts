import { toWireError } from '../backend';
import type { ConnectionStep } from '../generated/ConnectionStep';
import type { CredentialSource } from '../generated/CredentialSource';
import type { RegistryInput } from '../generated/RegistryInput';
import type { Secret } from '../generated/Secret';
import type { StepName } from '../generated/StepName';
import type { WireError } from '../generated/WireError';
import type { Registries } from './registries.svelte';

/** The steps of a connection test, in the order in which they run. */
export const TEST_STEPS: StepName[] = ['name', 'tls', 'credentials', 'bucket', 'read', 'write'];

/** What is wrong with what was typed. */
export type Fault = 'required' | 'invalid' | 'taken' | null;

/** A key pair while it is typed. It is cleared the moment it is taken, whatever becomes of it. */
export class KeyPair {
	id = $state('');
	secret = $state('');
	token = $state('');

	get complete(): boolean {
		return this.id.trim() !== '' && this.secret.trim() !== '';
	}

	take(): Secret {
		const token = this.token.trim();
		const secret = {
			access_key_id: this.id.trim(),
			secret_access_key: this.secret.trim(),
			session_token: token === '' ? null : token,
		};
		this.clear();
		return secret;
	}

	clear(): void {
		this.id = '';
		this.secret = '';
		this.token = '';
	}
}

/** A registry while it is described. The rules are those of the client crate, which checks again. */
export class RegistryForm {
	place = $state<'bucket' | 'url'>('bucket');
	name = $state('');
	bucket = $state('');
	prefix = $state('');
	region = $state('');
	endpoint = $state('');
	url = $state('');
	source = $state<'keychain' | 'environment' | 'profile'>('keychain');
	profile = $state('');
	create = $state(false);
	readonly key = new KeyPair();
	/** Whether it was tried to submit; before that nothing is called wrong. */
	tried = $state(false);
	busy = $state(false);
	error = $state.raw<WireError | null>(null);

	constructor(private readonly registries: Registries) {}

	get nameFault(): Fault {
		const name = this.name.trim();
		if (name === '') return 'required';
		if (name.length > 64 || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return 'invalid';
		return this.registries.list.some((r) => r.name === name) ? 'taken' : null;
	}

	get bucketFault(): Fault {
		const bucket = this.bucket.trim();
		if (bucket === '') return 'required';
		const good = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(bucket) && !bucket.includes('..');
		return good ? null : 'invalid';
	}

	get endpointFault(): Fault {
		return this.endpoint.trim() === '' || isAddress(this.endpoint) ? null : 'invalid';
	}

	get urlFault(): Fault {
		if (this.url.trim() === '') return 'required';
		return isAddress(this.url) ? null : 'invalid';
	}

	get keyFault(): Fault {
		return this.source === 'keychain' && !this.key.complete ? 'required' : null;
	}

	get profileFault(): Fault {
		return this.source === 'profile' && this.profile === '' ? 'required' : null;
	}

	get sound(): boolean {
		const place =
			this.place === 'url'
				? [this.urlFault]
				: [this.bucketFault, this.endpointFault, this.keyFault, this.profileFault];
		return [this.nameFault, ...place].every((fault) => fault === null);
	}

	get input(): RegistryInput {
		const http = this.place === 'url';
		const given = (text: string) => (http || text.trim() === '' ? null : text.trim());
		return {
			name: this.name.trim(),
			bucket: given(this.bucket),
			prefix: given(this.prefix),
			endpoint: given(this.endpoint),
			region: given(this.region),
			url: http ? this.url.trim() : null,
			credentials: http ? { source: 'none' } : this.credentials,
			create: !http && this.create,
		};
	}

	/** The key, for the keychain; null when the credentials come from elsewhere. It is not here any more afterwards. */
	takeKey(): Secret | null {
		const wanted = this.place === 'bucket' && this.source === 'keychain';
		const secret = wanted ? this.key.take() : null;
		this.key.clear();
		return secret;
	}

	private get credentials(): CredentialSource {
		if (this.source === 'profile') return { source: 'profile', name: this.profile };
		return { source: this.source };
	}
}

function isAddress(text: string): boolean {
	const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
	return url !== null && /^https?:$/.test(url.protocol) && url.host !== '';
}

/** A connection test, as far as it is. */
export class ConnectionTest {
	steps = $state.raw<ConnectionStep[]>([]);
	running = $state(false);
	/** Why it could not be run at all. */
	error = $state.raw<WireError | null>(null);

	step(name: StepName): ConnectionStep | null {
		return this.steps.find((s) => s.name === name) ?? null;
	}

	/** The step that failed first. */
	get failed(): ConnectionStep | null {
		return this.steps.find((s) => s.state.state === 'failed') ?? null;
	}

	get ended(): boolean {
		return !this.running && this.steps.length > 0;
	}

	put(step: ConnectionStep): void {
		this.steps = [...this.steps.filter((s) => s.name !== step.name), step];
	}
}

/** Adding registries and testing the connection to them. It outlives the page, so that a test goes on when one looks elsewhere. */
export class Connect {
	/** The registry whose details are shown. */
	selected = $state<string | null>(null);
	/** The registry that is being described. */
	form = $state.raw<RegistryForm | null>(null);
	private readonly tests = $state<Record<string, ConnectionTest>>({});

	constructor(private readonly registries: Registries) {}

	/** Begins to describe a registry; a profile can be chosen already. */
	begin(profile: string | null = null): void {
		const form = new RegistryForm(this.registries);
		if (profile !== null) {
			form.source = 'profile';
			form.profile = profile;
		}
		this.form = form;
	}

	/** Gives the form up, and the key in it. */
	cancel(): void {
		this.form?.key.clear();
		this.form = null;
	}

	/** Adds what was described, selects it and begins to test it. False when it was not added; the form says why. */
	async add(): Promise<boolean> {
		const { form } = this;
		if (form === null || form.busy) return false;
		form.tried = true;
		form.error = null;
		if (!form.sound) return false;
		form.busy = true;
		const { input } = form;
		// What is looked at stays what is looked at.
		if (this.registries.name !== '') this.registries.use(this.registries.name);
		try {
			await this.registries.add(input, form.takeKey());
		} catch (reason) {
			form.error = toWireError(reason);
			return false;
		} finally {
			form.busy = false;
		}
		this.form = null;
		this.selected = input.name;
		void this.run(input.name);
		return true;
	}

	/** The last test of a registry since the start. */
	test(name: string): ConnectionTest | null {
		return this.tests[name] ?? null;
	}

	/** Tests a connection; one test per registry at a time. */
	async run(name: string): Promise<void> {
		if (this.tests[name]?.running) return;
		const test = new ConnectionTest();
		test.running = true;
		this.tests[name] = test;
		try {
			await this.registries.test(name, (step) => test.put(step));
		} catch (reason) {
			test.error = toWireError(reason);
		} finally {
			test.running = false;
		}
	}

	/** Forgets what was known of a registry that is no longer there. */
	forget(name: string): void {
		delete this.tests[name];
		if (this.selected === name) this.selected = null;
	}
}
