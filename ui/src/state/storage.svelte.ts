import { type Backend, toWireError } from '../backend';
import type { AuditDone } from '../generated/AuditDone';
import type { CleanPlan } from '../generated/CleanPlan';
import type { HealthReport } from '../generated/HealthReport';
import type { JobKind } from '../generated/JobKind';
import type { JobView } from '../generated/JobView';
import type { WireError } from '../generated/WireError';
import type { Jobs } from './jobs.svelte';

/** What somebody who looks after a registry knows of it. The last check is a job, so it is known after a restart too. */
export class Storage {
	plan = $state.raw<CleanPlan | null>(null);
	error = $state.raw<WireError | null>(null);
	planning = $state(false);
	asking = $state(false);
	/** What the last export holds. */
	exported = $state.raw<AuditDone | null>(null);
	exportError = $state.raw<WireError | null>(null);
	exporting = $state(false);

	constructor(
		private readonly backend: Backend,
		private readonly jobs: Jobs,
		readonly registry: string,
	) {}

	/** The newest job of a kind. */
	last(kind: JobKind): JobView | null {
		return this.jobs.list.find((job) => job.kind === kind && job.registry === this.registry) ?? null;
	}

	/** What the last check that came to its end found. */
	get report(): { at: string; report: HealthReport } | null {
		for (const { kind, registry, status, finished_at } of this.jobs.list) {
			if (kind !== 'check' || registry !== this.registry || status.state !== 'done') continue;
			if (status.result.kind === 'checked') return { at: finished_at ?? '', report: status.result.report };
		}
		return null;
	}

	check(repair: boolean): Promise<void> {
		return this.ask(
			async () => void (await this.jobs.begin(this.backend.checkRegistry(this.registry, false, repair))),
		);
	}

	/** Finds what could be removed. */
	async find(): Promise<void> {
		this.planning = true;
		this.error = null;
		try {
			this.plan = await this.backend.planCleaning(this.registry);
		} catch (reason) {
			this.plan = null;
			this.error = toWireError(reason);
		} finally {
			this.planning = false;
		}
	}

	/** Removes what was shown. */
	clean(): Promise<void> {
		const orphans = this.plan?.orphans ?? [];
		return this.ask(async () => {
			await this.jobs.begin(this.backend.clean(this.registry, orphans));
			this.plan = null;
		});
	}

	/** Writes all revisions into a file. */
	async export(): Promise<void> {
		this.exporting = true;
		this.exportError = null;
		try {
			this.exported = (await this.backend.audit(this.registry)) ?? this.exported;
		} catch (reason) {
			this.exportError = toWireError(reason);
		} finally {
			this.exporting = false;
		}
	}

	private async ask(action: () => Promise<void>): Promise<void> {
		this.asking = true;
		this.error = null;
		try {
			await action();
		} catch (reason) {
			this.error = toWireError(reason);
		} finally {
			this.asking = false;
		}
	}
}
