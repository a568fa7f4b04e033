import { type Backend, toWireError } from '../backend';
import type { ChannelChoice } from '../generated/ChannelChoice';
import type { Consequence } from '../generated/Consequence';
import type { FixView } from '../generated/FixView';
import type { JobView } from '../generated/JobView';
import type { PackageInput } from '../generated/PackageInput';
import type { ProblemView } from '../generated/ProblemView';
import type { PublishPlan } from '../generated/PublishPlan';
import type { PublishRequest } from '../generated/PublishRequest';
import type { WireError } from '../generated/WireError';
import { compareVersions } from '../lib/versions';
import type { Jobs } from './jobs.svelte';
import type { Registries } from './registries.svelte';

/** The steps of a publish, in order. */
export const STEPS = ['folder', 'contents', 'version', 'publish'] as const;

/** One of them. */
export type Step = (typeof STEPS)[number];

/** How the folder's version stands to what the registry has. */
export type Standing = 'first' | 'fresh' | 'older' | 'live' | 'taken';

/** The finding that belongs to the version and not to the contents. */
const TAKEN = 'version_taken';

/** How many folders of earlier publishes are offered. */
const RECENT = 5;

/** One folder on its way into the registry: looked at, decided about, sent. It outlives the page that shows it. */
export class Publishing {
	path = $state<string | null>(null);
	/** Packages of the same version for other platforms. */
	others = $state.raw<PackageInput[]>([]);
	/** Findings of secrets that the person says are none, by name. */
	allowed = $state.raw<string[]>([]);
	/** The finding that is being put right. */
	fixing = $state.raw<FixView | null>(null);
	step = $state<Step>('folder');
	plan = $state.raw<PublishPlan | null>(null);
	/** Why the folder could not be looked at, or the publish not be started. */
	error = $state.raw<WireError | null>(null);
	checking = $state(false);
	starting = $state(false);
	/** Move the channel although it would stay. */
	force = $state(false);
	notes = $state('');
	/** The person has seen how the job ended. */
	seen = false;
	private chosen = $state<string | null>(null);
	private jobId = $state<string | null>(null);
	private of = $state('');
	private asked = 0;

	constructor(
		private readonly backend: Backend,
		private readonly registries: Registries,
		private readonly jobs: Jobs,
	) {}

	/** The registry that it goes to. */
	get registry(): string {
		return this.of;
	}

	get job(): JobView | null {
		return this.jobId === null ? null : this.jobs.find(this.jobId);
	}

	get running(): boolean {
		return this.job?.status.state === 'running';
	}

	/** Whether the job's end is final, so that the folder can be looked at again. */
	get ended(): boolean {
		const state = this.job?.status.state;
		return state === 'failed' || state === 'cancelled' || state === 'done';
	}

	/** What stops the publish, but for the version. */
	get errors(): ProblemView[] {
		return this.problems.filter((p) => p.severity === 'error' && p.error.kind !== TAKEN);
	}

	get warnings(): ProblemView[] {
		return this.problems.filter((p) => p.severity === 'warning');
	}

	/** What writes the next free version into the manifests, when the version is taken. */
	get bump(): FixView | null {
		return this.plan?.problems.find((p) => p.error.kind === TAKEN)?.fix ?? null;
	}

	private get problems(): ProblemView[] {
		return [...(this.plan?.problems ?? []), ...(this.plan?.others.flatMap((other) => other.problems) ?? [])];
	}

	private request(path: string, notes: string | null): PublishRequest {
		const { others, allowed, channel, force } = this;
		return { path, platform: null, others, allow_secrets: allowed, channel, force_channel: force, notes };
	}

	/** Who has the version, when it is taken and the registry told. */
	get takenBy(): { by: string; at: string } | null {
		const data = this.plan?.problems.find((p) => p.error.kind === TAKEN)?.error.data;
		return data?.by && data.at ? { by: data.by, at: data.at } : null;
	}

	get standing(): Standing {
		const { plan } = this;
		const version = plan?.manifest?.version ?? '';
		if (plan?.already_live) return 'live';
		if (plan?.next_free != null || plan?.problems.some((p) => p.error.kind === TAKEN)) return 'taken';
		if (plan?.newest == null) return 'first';
		return compareVersions(version, plan.newest) < 0 ? 'older' : 'fresh';
	}

	get channel(): string {
		return this.chosen ?? this.plan?.default_channel ?? '';
	}

	get choice(): ChannelChoice | null {
		return this.plan?.channels.find((c) => c.channel === this.channel) ?? null;
	}

	/** What publishing would do, in the order to say it. */
	get expected(): Consequence[] {
		const { plan, choice, channel } = this;
		const version = plan?.manifest?.version;
		if (version === undefined) return [];
		if (this.standing === 'live') return [{ kind: 'already_live', version }];
		const list: Consequence[] = [{ kind: 'adds', version }];
		const at = choice?.at ?? null;
		const because = choice?.stays ?? null;
		if (because !== null && !this.force) list.push({ kind: 'stays', channel, at, because });
		else if (channel !== '') {
			list.push({ kind: 'moves', channel, from: at, to: version });
			if (because === 'held') list.push({ kind: 'released', channel });
		}
		return list;
	}

	/** Whether a step can be gone to now. */
	reachable(step: Step): boolean {
		if (this.job !== null && !this.ended) return step === 'publish';
		if (step === 'folder') return true;
		if (this.path === null) return false;
		if (step === 'contents') return true;
		const sound = this.plan?.manifest != null && this.errors.length === 0;
		return sound && (step === 'version' || (this.standing !== 'taken' && this.standing !== 'live'));
	}

	/** Jobs that want something before a new folder is begun: still running, or not known how they ended. */
	get unfinished(): JobView[] {
		const open = ['running', 'unknown', 'interrupted'];
		return this.mine.filter((job) => open.includes(job.status.state));
	}

	/** Folders of earlier publishes, the latest first, each with its last job. */
	get recent(): JobView[] {
		const seen = new Set(this.unfinished.map((job) => job.path));
		return this.mine.filter((job) => !seen.has(job.path) && seen.add(job.path)).slice(0, RECENT);
	}

	/** The page is shown. What was about another registry is looked at anew, and a result that was seen is done with. */
	visit(): void {
		if (this.job?.status.state === 'done' && this.seen) this.reset();
		if (this.path === null || this.of === this.registries.name) return;
		if (this.job !== null) this.reset();
		else void this.open(this.path);
	}

	/** Begins with a folder. One that is being published already shows that. */
	async open(path: string): Promise<void> {
		const open = this.unfinished.find((job) => job.path === path);
		if (open) {
			this.show(open);
			return;
		}
		const notes = path === this.path ? this.notes : '';
		this.reset();
		this.path = path;
		this.notes = notes;
		this.of = this.registries.name;
		this.step = 'contents';
		await this.check();
	}

	/** Shows a job that was begun earlier. */
	show(job: JobView): void {
		this.reset();
		this.path = job.path;
		this.of = job.registry;
		this.jobId = job.id;
		this.step = 'publish';
	}

	/** Looks at the folder. What was there stays until the answer comes; the last answer wins. */
	async check(): Promise<void> {
		const { path } = this;
		if (path === null) return;
		this.asked += 1;
		const { asked } = this;
		this.checking = true;
		try {
			const plan = await this.backend.inspect(this.of, this.request(path, null));
			if (asked !== this.asked) return;
			this.plan = plan;
			this.error = null;
			if (!plan.channels.some((c) => c.channel === this.chosen)) this.chosen = null;
			this.retreat();
		} catch (reason) {
			if (asked === this.asked) this.error = toWireError(reason);
		} finally {
			if (asked === this.asked) this.checking = false;
		}
	}

	/** The person comes back to the window, perhaps from correcting the folder. */
	returned(): void {
		const looking = this.step === 'contents' || this.step === 'version';
		if (looking && !this.checking && this.job === null) void this.check();
	}

	/** Goes to a step, if it can be gone to. Going back from an ended job lets it go. */
	go(step: Step): void {
		if (!this.reachable(step)) return;
		if (this.ended) this.jobId = null;
		this.error = null;
		this.step = step;
		if (this.plan === null && step !== 'folder') void this.check();
	}

	choose(channel: string): void {
		this.chosen = channel;
		this.force = false;
	}

	/** Says that a finding is no secret, or takes that back. Only this one: the next is asked about again. */
	async allow(name: string, is: boolean): Promise<void> {
		this.allowed = is ? [...this.allowed, name] : this.allowed.filter((other) => other !== name);
		await this.check();
	}

	/** Writes what puts a finding right, and looks again. */
	async fix(fix: FixView): Promise<void> {
		const { path } = this;
		if (path === null || this.fixing !== null) return;
		this.fixing = fix;
		this.error = null;
		try {
			await this.backend.fix(path, fix);
			await this.check();
		} catch (reason) {
			this.error = toWireError(reason);
		} finally {
			this.fixing = null;
		}
	}

	/** Adds a package for another platform. */
	async add(path: string): Promise<void> {
		if (path === this.path || this.others.some((other) => other.path === path)) return;
		this.others = [...this.others, { path, platform: null }];
		await this.check();
	}

	/** Leaves a package out again. */
	async remove(path: string): Promise<void> {
		this.others = this.others.filter((other) => other.path !== path);
		await this.check();
	}

	/** Starts the job, once: a second call while the first is under way does nothing. */
	async start(): Promise<void> {
		const { path } = this;
		if (path === null || this.starting || this.running || !this.reachable('publish')) return;
		this.starting = true;
		this.error = null;
		try {
			const notes = this.notes.trim() === '' ? null : this.notes;
			const job = await this.jobs.publish(this.of, this.request(path, notes));
			this.seen = false;
			this.jobId = job.id;
		} catch (reason) {
			this.error = toWireError(reason);
		} finally {
			this.starting = false;
		}
	}

	/** After a failure: back to the question, with the folder looked at again. */
	again(): void {
		this.jobId = null;
		this.error = null;
		this.step = this.plan === null ? 'contents' : 'publish';
		void this.check();
	}

	/** Forgets the folder. A job that runs goes on. */
	reset(): void {
		this.asked += 1;
		this.path = null;
		this.others = [];
		this.allowed = [];
		this.step = 'folder';
		this.plan = null;
		this.error = null;
		this.checking = false;
		this.chosen = null;
		this.force = false;
		this.notes = '';
		this.jobId = null;
		this.seen = false;
	}

	private get mine(): JobView[] {
		return this.jobs.list.filter((j) => j.kind === 'publish' && j.registry === this.registries.name);
	}

	/** A folder that changed for the worse is shown where it can be put right. */
	private retreat(): void {
		if (this.job !== null || this.reachable(this.step)) return;
		this.step = this.errors.length > 0 || this.plan?.manifest == null ? 'contents' : 'version';
	}
}
