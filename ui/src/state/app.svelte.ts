import { type Backend, type Drop, toWireError } from '../backend';
import type { JobView } from '../generated/JobView';
import type { Settings } from '../generated/Settings';
import type { Start } from '../generated/Start';
import type { WireError } from '../generated/WireError';
import { clock } from '../lib/clock.svelte';
import { m, resolveLanguage, sayError, speak } from '../lib/messages';
import { Browse } from './browse.svelte';
import { Connect } from './connect.svelte';
import { Icons } from './icons.svelte';
import { Jobs } from './jobs.svelte';
import { Layout } from './layout.svelte';
import { Levels } from './levels.svelte';
import { Look } from './look.svelte';
import { Plugin } from './plugin.svelte';
import { Publishing } from './publish.svelte';
import { Quick } from './quick.svelte';
import { Registries } from './registries.svelte';
import { type RouteName, Router } from './route.svelte';
import { Sync } from './sync.svelte';
import { Toasts } from './toasts.svelte';

/** The dialogs that belong to the window and not to a view. */
export type Dialog = 'palette' | 'keys' | 'closing' | null;

/** How a store says that nothing may be written; `denied` is also said of reading. */
const REFUSALS = ['read_only', 'read_only_url', 'probe_failed'];

/** Everything that the window shows, and the only thing that talks to the host. */
export class App {
	readonly registries: Registries;
	readonly browse: Browse;
	readonly sync: Sync;
	readonly jobs: Jobs;
	readonly icons: Icons;
	readonly quick: Quick;
	readonly publishing: Publishing;
	readonly connect: Connect;
	readonly toasts = new Toasts();
	readonly levels = new Levels();
	readonly route: Router;
	readonly layout: Layout;
	private readonly look: Look;

	/** The views that exist. What is not there is not offered. */
	offers = $state.raw<ReadonlySet<RouteName>>(new Set());
	started = $state.raw<Start | null>(null);
	failure = $state.raw<WireError | null>(null);
	settings = $state.raw<Settings>({ theme: 'system', language: 'system', actor: '' });
	dialog = $state<Dialog>(null);
	/** The address that the person is asked about. */
	link = $state<string | null>(null);
	/** Whether something is held over the window. */
	dropping = $state(false);

	constructor(
		readonly backend: Backend,
		private readonly window: Window,
	) {
		this.registries = new Registries(backend);
		this.browse = new Browse(backend, this.registries);
		this.sync = new Sync(backend, this.registries, this.browse);
		this.jobs = new Jobs(backend);
		this.icons = new Icons(backend);
		this.quick = new Quick(backend, this.registries);
		this.publishing = new Publishing(backend, this.registries, this.jobs);
		this.connect = new Connect(this.registries);
		this.route = new Router(window);
		this.layout = new Layout(window);
		this.look = new Look(window);
	}

	/** Reads what the first paint needs. A failure is shown, not thrown. */
	async start(): Promise<void> {
		this.look.use('system');
		this.failure = null;
		try {
			const start = await this.backend.start();
			this.settings = start.settings;
			this.registries.set(start.registries);
			this.started = start;
			this.dress();
		} catch (reason) {
			speak(resolveLanguage('system', this.window.navigator.language));
			this.failure = toWireError(reason);
			return;
		}
		await this.browse.load();
		void this.sync.now();
	}

	/** Follows the host, the system and the clock. Returns what ends it. */
	follow(): () => void {
		const stops = [
			clock.start(),
			this.look.follow(),
			this.layout.follow(),
			this.route.follow(),
			this.jobs.follow(),
			this.sync.follow(this.window),
			this.jobs.onEnd((job) => this.ended(job)),
			this.backend.onDrop((drop) => this.drop(drop)),
			this.backend.onCloseRequested(() => {
				this.dialog = 'closing';
			}),
		];
		return () => {
			for (const stop of stops) stop();
		};
	}

	/** Looks at another registry, from its list on. */
	async useRegistry(name: string): Promise<void> {
		if (name === this.registries.name) return;
		this.registries.use(name);
		await this.lookAtRegistry();
	}

	/** After the present registry became another one, by choice or because the old one is gone. */
	async lookAtRegistry(): Promise<void> {
		this.browse.clear();
		this.route.go({ name: 'browse' });
		await this.browse.load();
		void this.sync.now();
	}

	/** Applies settings at once and saves them; takes them back when they could not be saved. */
	async saveSettings(change: Partial<Settings>): Promise<void> {
		const before = this.settings;
		this.settings = { ...before, ...change };
		this.dress();
		try {
			this.settings = await this.backend.saveSettings(this.settings);
		} catch (reason) {
			this.settings = before;
			this.report(toWireError(reason));
		}
		this.dress();
	}

	/** Whether publishing may be offered. */
	get canPublish(): boolean {
		return this.registries.canWrite && this.offers.has('publish');
	}

	/** One plugin of the present registry. */
	plugin(id: string): Plugin {
		return new Plugin(this.backend, this.registries.name, id);
	}

	/** Takes back what a revision did, at once, and says how it went. */
	async undo(registry: string, id: string, seq: number): Promise<boolean> {
		try {
			await this.backend.apply(registry, id, { kind: 'undo', seq });
			this.toasts.show({ message: m().change.undone });
			void this.browse.load();
			return true;
		} catch (reason) {
			const error = toWireError(reason);
			this.heard(registry, error);
			this.report(error);
			return false;
		}
	}

	/** A write failed. Whether the whole registry can only be read now is found out, remembered and shown; one plugin may just be closed. */
	heard(registry: string, { kind, data }: WireError): void {
		const refused = REFUSALS.includes(kind) || (kind === 'denied' && data.verb === 'write');
		if (refused) void this.connect.run(registry);
	}

	/** Does something whose failure has no better place than a toast. Null when it failed. */
	async attempt<T>(action: () => Promise<T>): Promise<T | null> {
		try {
			return await action();
		} catch (reason) {
			this.report(toWireError(reason));
			return null;
		}
	}

	/** Says a failure that has no better place. */
	report(error: WireError): void {
		this.toasts.show({ tone: 'danger', ...sayError(error) });
	}

	async openLink(url: string): Promise<void> {
		await this.attempt(() => this.backend.openLink(url));
	}

	/** Lets the window close although jobs run; they can be resumed. */
	async closeAnyway(): Promise<void> {
		this.dialog = null;
		await this.attempt(() => this.backend.closeAnyway());
	}

	/** A download ends where nobody looks; a publish has pages of its own. */
	private ended(job: JobView): void {
		if (job.kind === 'publish' && job.registry === this.registries.name) void this.sync.now();
		if (job.kind === 'publish') this.published(job);
		if (job.kind !== 'download' && job.status.state === 'failed') this.heard(job.registry, job.status.error);
		if (job.kind !== 'download') return;
		const { status } = job;
		if (status.state === 'done' && status.result.kind === 'saved') {
			this.toasts.show({ message: m().plugin.release.downloaded(status.result.path) });
		} else if (status.state === 'failed') {
			this.report(status.error);
		}
	}

	/** Says how a publish ended to somebody who went elsewhere meanwhile. */
	private published(job: JobView): void {
		const { name } = this.route.current;
		if (name === 'publish' || name === 'activity') return;
		const words = m().publish.result;
		const what = m().activity.name(job.plugin, job.version);
		const message = { done: words.live(what), failed: words.failed(what), unknown: words.unknown(what) };
		const { state } = job.status;
		if (state !== 'done' && state !== 'failed' && state !== 'unknown') return;
		const action = { label: m().common.details, run: () => this.route.go({ name: 'activity' }) };
		this.toasts.show({ tone: state === 'done' ? 'plain' : 'danger', message: message[state], action });
	}

	private drop(drop: Drop): void {
		const can = this.canPublish && this.dialog === null;
		this.dropping = drop.kind === 'over' && can;
		const [path] = drop.paths;
		if (drop.kind === 'drop' && can && path !== undefined) this.route.go({ name: 'publish', path });
	}

	private dress(): void {
		this.look.use(this.settings.theme);
		speak(resolveLanguage(this.settings.language, this.started?.locale ?? null));
	}
}
