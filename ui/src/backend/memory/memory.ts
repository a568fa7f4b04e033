import type { BrowseRequest } from '../../generated/BrowseRequest';
import type { FixView } from '../../generated/FixView';
import type { HealthReport } from '../../generated/HealthReport';
import type { JobView } from '../../generated/JobView';
import type { OrphanView } from '../../generated/OrphanView';
import type { Phase } from '../../generated/Phase';
import type { PublishRequest } from '../../generated/PublishRequest';
import type { Backend } from '../backend';
import { compare, first } from './compare';
import { BINARY, contents, fileOf, listed } from './contents';
import { notFound, shrank, unreachable } from './errors';
import { inspectRequest } from './folder';
import { whole } from './health';
import { Host, type World } from './host';
import { Jobs } from './jobs';
import { digest, release } from './registry';
import { differences, next } from './rules';
import { search } from './search';

/** A host in memory. Not a mock: it keeps the registry's rules, so that a test can follow a person through several steps. */
export class Memory extends Host implements Backend {
	/** What fixes wrote. */
	readonly fixed: string[] = [];
	/** Whether the registry lists much less than what is known of it. */
	shrank = false;
	readonly jobList: Jobs;

	constructor(world: Partial<World> = {}) {
		super(world);
		this.jobList = new Jobs(() => this.stamp(), this.world.phase);
	}

	/** Lets somebody else move a channel meanwhile. */
	meddle(registry: string, id: string, channel: string, version: string): void {
		const document = this.document(registry, id);
		const change = { kind: 'promote', channel, version, expect: null } as const;
		const { state, made } = next(document, change, { by: 'somebody-else', at: this.stamp() });
		document.commit(state, made);
	}

	/** What the next check finds, and what can be cleaned up. */
	health: HealthReport = structuredClone(whole);
	orphans: OrphanView[] = [];

	/** How often each plugin was downloaded, when the registry counts. */
	downloads: ((id: string) => number) | null = null;

	async browse(registry: string, request: BrowseRequest) {
		await this.disk('browse');
		const { downloads } = this;
		const all = this.shelf(registry).cards();
		const cards = downloads === null ? all : all.map((card) => ({ ...card, downloads: downloads(card.id) }));
		return {
			...search(cards, request),
			synced_at: this.syncedAt,
			stale: this.offline ? unreachable : null,
		};
	}

	async sync(registry: string, accept: boolean) {
		if (accept) this.shrank = false;
		await this.pause();
		this.trip('sync');
		if (!this.offline) this.syncedAt = this.stamp();
		const total = this.shelf(registry).documents.size;
		return {
			synced_at: this.syncedAt,
			stale: this.offline ? unreachable : this.shrank ? shrank : null,
			total,
			changed: false,
		};
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

	async audit(registry: string) {
		await this.network('audit');
		const documents = [...this.shelf(registry).documents.values()];
		const revisions = documents.reduce((sum, d) => sum + d.seq, 0);
		return this.picked === null
			? null
			: { path: `${this.picked}/${registry}-audit.jsonl`, plugins: documents.length, revisions };
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
		await this.write('apply');
		const document = this.document(registry, id);
		const { state, made, consequences } = next(document, change, {
			by: this.settings.actor,
			at: this.stamp(),
		});
		return { id, ...document.commit(state, made), consequences, warning: null };
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
		const fault = this.offline ? unreachable : this.denied;
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

	onJob(listener: (job: JobView) => void) {
		return this.jobList.on(listener);
	}
}
