import type { FixView } from '../../generated/FixView';
import type { HealthReport } from '../../generated/HealthReport';
import type { JobView } from '../../generated/JobView';
import type { OrphanView } from '../../generated/OrphanView';
import type { Phase } from '../../generated/Phase';
import type { PublishRequest } from '../../generated/PublishRequest';
import type { RegistryView } from '../../generated/RegistryView';
import type { Settings } from '../../generated/Settings';
import type { WireError } from '../../generated/WireError';
import type { Backend, Drop } from '../backend';
import { compare, first } from './compare';
import { BINARY, contents, fileOf, listed } from './contents';
import type { Document } from './document';
import { notFound, unreachable, wireError } from './errors';
import { inspectRequest } from './folder';
import { whole } from './health';
import { Jobs } from './jobs';
import { acme, added, community, embedded, testConnection } from './registries';
import { digest, release, Shelf } from './registry';
import { differences, next } from './rules';

/** What the world is like. */
export interface World {
	/** Milliseconds since the epoch. */
	now: () => number;
	registries: RegistryView[];
	/** How many plugins each registry has; 0 for an empty one. */
	plugins: number;
	settings: Settings;
	locale: string | null;
	/** Milliseconds that an answer of the registry takes; what is on disk is there at once. */
	latency: number;
	/** Milliseconds that a phase of a job takes. */
	phase: number;
	offline: boolean;
}

const usual: World = {
	now: () => Date.now(),
	registries: [acme, embedded, community],
	plugins: 12,
	settings: { theme: 'system', language: 'system', actor: 'mei' },
	locale: 'en-GB',
	latency: 0,
	phase: 0,
	offline: false,
};

/** A host in memory. Not a mock: it keeps the registry's rules, so that a test can follow a person through several steps. */
export class Memory implements Backend {
	/** What was asked to open outside. */
	readonly opened: string[] = [];
	/** Whether the window was shown. */
	shown = false;
	/** What fixes wrote. */
	readonly fixed: string[] = [];
	/** What a folder dialog returns. */
	picked: string | null = '/home/mei/code/timesheet-export';
	offline: boolean;

	readonly jobList: Jobs;
	private readonly world: World;
	private readonly shelves = new Map<string, Shelf>();
	private readonly faults = new Map<keyof Backend, WireError[]>();
	private readonly dropListeners = new Set<(drop: Drop) => void>();
	private readonly closeListeners = new Set<() => void>();
	private registries: RegistryView[];
	private settings: Settings;
	private syncedAt: string | null;

	constructor(world: Partial<World> = {}) {
		this.world = { ...usual, ...world };
		this.registries = structuredClone(this.world.registries);
		this.settings = { ...this.world.settings };
		this.offline = this.world.offline;
		this.syncedAt = new Date(this.world.now() - 60_000).toISOString();
		this.jobList = new Jobs(() => this.stamp(), this.world.phase);
	}

	/** Makes the next call of a method fail. */
	failNext(method: keyof Backend, error: WireError): void {
		this.faults.set(method, [...(this.faults.get(method) ?? []), error]);
	}

	/** Lets somebody else move a channel meanwhile. */
	meddle(registry: string, id: string, channel: string, version: string): void {
		const document = this.document(registry, id);
		const change = { kind: 'promote', channel, version, expect: null } as const;
		const { state, made } = next(document, change, { by: 'somebody-else', at: this.stamp() });
		document.commit(state, made);
	}

	drop(drop: Drop): void {
		for (const listener of this.dropListeners) listener(drop);
	}

	requestClose(): void {
		for (const listener of this.closeListeners) listener();
	}

	async start() {
		await this.disk('start');
		const { locale } = this.world;
		return {
			version: '0.1.0',
			platform: 'linux',
			locale,
			settings: { ...this.settings },
			registries: this.list(),
		};
	}

	async saveSettings(settings: Settings) {
		await this.disk('saveSettings');
		this.settings = { ...settings };
		return settings;
	}

	async addRegistry(input: Parameters<Backend['addRegistry']>[0]) {
		await this.network('addRegistry');
		if (this.registries.some((r) => r.name === input.name)) {
			throw wireError(
				'conflict',
				'name_taken',
				`There is a registry named ${input.name}.`,
				'Choose another name.',
				{ name: input.name },
			);
		}
		this.registries.push({ ...added(input), is_default: this.registries.length === 0 });
		this.shelves.set(input.name, new Shelf(this.world.now));
		return this.list();
	}

	async removeRegistry(name: string) {
		await this.disk('removeRegistry');
		this.registries = this.registries.filter((r) => r.name !== name);
		return this.list();
	}

	async setDefaultRegistry(name: string) {
		await this.disk('setDefaultRegistry');
		for (const registry of this.registries) registry.is_default = registry.name === name;
		return this.list();
	}

	async logIn(name: string) {
		await this.disk('logIn');
		const registry = this.registries.find((r) => r.name === name);
		if (registry) registry.credentials = { source: 'keychain' };
		return this.list();
	}

	async testRegistry(name: string, onStep: Parameters<Backend['testRegistry']>[1]) {
		await this.disk('testRegistry');
		const registry = this.registries.find((r) => r.name === name);
		if (registry === undefined) throw notFound(`registry ${name}`);
		await testConnection(registry, () => this.pause(), onStep);
		if (registry.access.state === 'unknown') registry.access = { state: 'read_write' };
		return this.list();
	}

	async awsProfiles() {
		await this.disk('awsProfiles');
		return ['default', 'acme-prod', 'acme-staging'];
	}

	/** What the next check finds, and what can be cleaned up. */
	health: HealthReport = structuredClone(whole);
	orphans: OrphanView[] = [];

	async startEmbedded() {
		await this.disk('startEmbedded');
		if (!this.registries.some((r) => r.kind === 'embedded')) {
			this.registries.push({ ...embedded, is_default: this.registries.length === 0 });
		}
		return this.list();
	}

	async browse(...[registry, query, sort, categories]: Parameters<Backend['browse']>) {
		await this.disk('browse');
		const stale = this.offline ? unreachable : null;
		return { ...this.shelf(registry).browse(query, sort, categories), synced_at: this.syncedAt, stale };
	}

	async sync(registry: string) {
		await this.pause();
		this.trip('sync');
		if (!this.offline) this.syncedAt = this.stamp();
		const total = this.shelf(registry).documents.size;
		return { synced_at: this.syncedAt, stale: this.offline ? unreachable : null, total, changed: false };
	}

	async plugin(registry: string, id: string, fresh: boolean) {
		await (fresh ? this.network('plugin') : this.disk('plugin'));
		return this.document(registry, id).view(this.stamp());
	}

	async readme(registry: string, id: string, version: string) {
		await this.network('readme');
		const readme = this.document(registry, id).about.readme;
		return readme === null ? null : `${readme}<p>Version ${version}.</p>`;
	}

	async files(registry: string, id: string, version: string) {
		await this.network('files');
		return listed(this.document(registry, id).view(this.stamp()), version);
	}

	async file(...[registry, id, version, , path]: Parameters<Backend['file']>) {
		await this.network('file');
		const [file, text] = fileOf(this.document(registry, id).view(this.stamp()), version, path);
		const content = text.includes(BINARY) ? ({ kind: 'binary' } as const) : ({ kind: 'text', text } as const);
		return { version, file, content };
	}

	async compare(...[registry, id, old, next]: Parameters<Backend['compare']>) {
		await this.network('compare');
		const view = this.document(registry, id).view(this.stamp());
		return compare(id, [old, contents(view, old)], [next, contents(view, next)], null);
	}

	async compareFolder(registry: string, path: string) {
		await this.network('compareFolder');
		const input = { path, platform: null, others: [], allow_secrets: [] };
		const request = { ...input, channel: null, force_channel: false, notes: null };
		const { manifest } = await this.inspect(registry, request);
		const id = manifest?.id ?? '';
		const version = manifest?.version ?? '';
		const view = this.shelf(registry).documents.get(id)?.view(this.stamp());
		const newest = view?.releases[0]?.version;
		if (view === undefined || newest === undefined) return first(id, version, new Map(), path);
		const before = contents(view, newest);
		const after = new Map(before).set('dist/new.js', 'export const fresh = true;\n');
		after.set(
			'patchbay.json',
			(before.get('patchbay.json') ?? '').replace('"network"', '"network",\n\t\t"screen"'),
		);
		return compare(id, [newest, before], [version, after], path);
	}

	async history(registry: string, id: string, before: number | null) {
		await this.network('history');
		const all = this.document(registry, id)
			.history()
			.filter((r) => before === null || r.seq < before);
		const revisions = all.slice(0, 8);
		return { revisions, next_before: all.length > 8 ? (revisions.at(-1)?.seq ?? null) : null };
	}

	async pluginAt(registry: string, id: string, seq: number) {
		await this.network('pluginAt');
		const document = this.document(registry, id);
		if (document.revision(seq) === undefined) throw notFound(`revision ${seq}`);
		return document.at(seq).view(this.stamp());
	}

	async compareRevisions(registry: string, id: string, from: number, to: number) {
		await this.network('compareRevisions');
		const document = this.document(registry, id);
		return { id, from, to, changes: differences(document.state(from), document.state(to)) };
	}

	async checkRegistry(registry: string, _quick: boolean, repair: boolean) {
		await this.disk('checkRegistry');
		const about = { registry, plugin: '', version: '', path: '' };
		const fault = this.offline ? unreachable : null;
		const finish = () => {
			const report = structuredClone(this.health);
			if (repair) {
				report.repaired = report.findings.filter((f) => f.weight === 'derived');
				report.findings = report.findings.filter((f) => f.weight !== 'derived');
				report.healthy = report.findings.every((f) => f.weight === 'untidy');
				this.health = { ...report, repaired: [] };
			}
			return { kind: 'checked' as const, report };
		};
		const legs: [Phase, number][] = [
			['surveying', 0],
			['checking', 48_000_000],
		];
		return this.jobList.begin({ id: crypto.randomUUID(), kind: 'check', ...about }, legs, finish, fault);
	}

	async planCleaning(_registry: string) {
		await this.network('planCleaning');
		const orphans = structuredClone(this.orphans);
		return { orphans, bytes: orphans.reduce((sum, o) => sum + o.size, 0), more: false };
	}

	async clean(registry: string, orphans: OrphanView[]) {
		await this.disk('clean');
		const about = { registry, plugin: '', version: '', path: '' };
		const finish = () => {
			this.orphans = [];
			const bytes = orphans.reduce((sum, o) => sum + o.size, 0);
			return { kind: 'cleaned' as const, removed: orphans.length, bytes, kept: 0 };
		};
		return this.jobList.begin(
			{ id: crypto.randomUUID(), kind: 'clean', ...about },
			[['cleaning', 0]],
			finish,
		);
	}

	async icon(_registry: string, id: string): Promise<string> {
		throw notFound(`icon of ${id}`);
	}

	async plan(registry: string, id: string, change: Parameters<Backend['plan']>[2]) {
		await this.network('plan');
		const document = this.document(registry, id);
		const { consequences } = next(document, change, { by: this.settings.actor, at: this.stamp() });
		return { id, seq: document.seq, consequences };
	}

	async apply(registry: string, id: string, change: Parameters<Backend['apply']>[2]) {
		await this.network('apply');
		const document = this.document(registry, id);
		const { state, made, consequences } = next(document, change, {
			by: this.settings.actor,
			at: this.stamp(),
		});
		return { id, ...document.commit(state, made), consequences, warning: null };
	}

	async pickFolder() {
		await this.disk('pickFolder');
		return this.picked;
	}

	async pickArchive() {
		await this.disk('pickArchive');
		return this.picked;
	}

	async inspect(registry: string, request: PublishRequest) {
		await this.disk('inspect');
		const id = request.path.split(/[\\/]/).pop() ?? '';
		const view = this.shelf(registry).documents.get(id)?.view(this.stamp()) ?? null;
		return inspectRequest(request, this.fixed, view);
	}

	async fix(_path: string, fix: FixView) {
		await this.disk('fix');
		this.fixed.push(...fix.edits.map((edit) => edit.shown));
	}

	async publish(registry: string, request: Parameters<Backend['publish']>[1]) {
		await this.disk('publish');
		const again = this.jobList.find((job) => job.kind === 'publish' && job.path === request.path);
		if (again) return again;
		const plan = await this.inspect(registry, request);
		const manifest = plan.manifest;
		if (manifest === null) throw plan.problems[0]?.error;
		const about = { registry, plugin: manifest.id, version: manifest.version, path: request.path };
		const size = Math.round(plan.unpacked_size * 0.4);
		const legs = [
			['reading', 0],
			['packing', plan.unpacked_size],
			['uploading', size],
			['committing', 0],
			['listing', 0],
			['verifying', 0],
		] as const;
		const finish = () => {
			const document = this.shelf(registry).documents.get(manifest.id);
			const sample = { ...manifest, readme: null };
			const shipped = release(
				sample,
				manifest.version,
				this.stamp(),
				size,
				manifest.hosts as Record<string, string>,
			);
			const channel = request.channel ?? plan.default_channel;
			if (document) this.shelf(registry).ship(document, shipped, channel);
			return {
				kind: 'published' as const,
				sha256: digest(`${manifest.id}@${manifest.version}`),
				...{ size, seq: document?.seq ?? 1, verified: true, warning: null },
				consequences: [{ kind: 'adds' as const, version: manifest.version }],
			};
		};
		const fault = this.offline ? unreachable : null;
		return this.jobList.begin(
			{ id: crypto.randomUUID(), kind: 'publish', ...about },
			legs.map((l) => [...l]),
			finish,
			fault,
		);
	}

	async download(registry: string, id: string, version: string, platform: string) {
		await this.disk('download');
		const found = this.document(registry, id)
			.view(this.stamp())
			.releases.find((r) => r.version === version);
		const size = found?.artifacts.find((a) => a.platform === platform)?.size ?? 0;
		const path = `/home/mei/Downloads/${id}-${version}.zip`;
		const about = { id: crypto.randomUUID(), kind: 'download' as const, registry, plugin: id, version, path };
		const fault = this.offline ? unreachable : null;
		return this.jobList.begin(about, [['downloading', size]], () => ({ kind: 'saved', path, size }), fault);
	}

	async jobs() {
		await this.disk('jobs');
		return this.jobList.list();
	}

	async cancelJob(id: string) {
		await this.disk('cancelJob');
		this.jobList.cancel(id);
	}

	async resumeJob(id: string) {
		await this.disk('resumeJob');
		return this.jobList.resume(id);
	}

	async openLink(url: string) {
		await this.disk('openLink');
		this.opened.push(url);
	}

	onJob(listener: (job: JobView) => void) {
		return this.jobList.on(listener);
	}

	onDrop(listener: (drop: Drop) => void) {
		this.dropListeners.add(listener);
		return () => this.dropListeners.delete(listener);
	}

	onCloseRequested(listener: () => void) {
		this.closeListeners.add(listener);
		return () => this.closeListeners.delete(listener);
	}

	async closeAnyway() {
		await this.disk('closeAnyway');
	}

	async showWindow() {
		await this.disk('showWindow');
		this.shown = true;
	}

	private list(): RegistryView[] {
		return structuredClone(this.registries);
	}

	private stamp(): string {
		return new Date(this.world.now()).toISOString();
	}

	private shelf(registry: string): Shelf {
		const known = this.shelves.get(registry);
		if (known) return known;
		const shelf =
			this.world.plugins === 0
				? new Shelf(this.world.now)
				: Shelf.stocked(this.world.now, this.world.plugins);
		this.shelves.set(registry, shelf);
		return shelf;
	}

	private document(registry: string, id: string): Document {
		const document = this.shelf(registry).documents.get(id);
		if (document === undefined) throw notFound(`plugin ${id}`);
		return document;
	}

	private pause(): Promise<void> {
		return new Promise((resolve) => setTimeout(resolve, this.world.latency));
	}

	private trip(method: keyof Backend): void {
		const error = this.faults.get(method)?.shift();
		if (error) throw error;
	}

	private async disk(method: keyof Backend): Promise<void> {
		await Promise.resolve();
		this.trip(method);
	}

	private async network(method: keyof Backend): Promise<void> {
		await this.pause();
		this.trip(method);
		if (this.offline) throw unreachable;
	}
}
