import type { JobResult } from '../../generated/JobResult';
import type { JobView } from '../../generated/JobView';
import type { Phase } from '../../generated/Phase';
import type { WireError } from '../../generated/WireError';
import { notFound } from './errors';

/** A phase and how many bytes it moves. */
export type Leg = [phase: Phase, bytes: number];

interface Running {
	job: JobView;
	legs: Leg[];
	finish: () => JobResult;
	/** How it ends instead of being done. */
	fault: WireError | null;
}

/** Jobs that take the time that real ones take, in steps of `step` milliseconds; with 0 they end at once. */
export class Jobs {
	private readonly all = new Map<string, JobView>();
	private readonly listeners = new Set<(job: JobView) => void>();
	private readonly running = new Map<string, Running>();

	constructor(
		private readonly now: () => string,
		private readonly step: number,
	) {}

	list(): JobView[] {
		return [...this.all.values()].reverse();
	}

	on(listener: (job: JobView) => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	/** Keeps a job that is not running (from an earlier day, say). */
	keep(job: JobView): void {
		this.all.set(job.id, job);
	}

	find(test: (job: JobView) => boolean): JobView | undefined {
		return this.list().find((job) => job.status.state === 'running' && test(job));
	}

	begin(
		about: Omit<JobView, 'started_at' | 'finished_at' | 'status'>,
		legs: Leg[],
		finish: () => JobResult,
		fault: WireError | null = null,
	): JobView {
		const [phase, total] = legs[0] ?? ['reading', 0];
		const status = { state: 'running', phase, done: 0, total, eta: null, cancelling: false } as const;
		const job: JobView = { ...about, started_at: this.now(), finished_at: null, status };
		const entry = { job, legs, finish, fault };
		this.running.set(job.id, entry);
		this.tell(job);
		void this.run(entry);
		return job;
	}

	cancel(id: string): void {
		const entry = this.running.get(id);
		if (entry === undefined) return;
		if (entry.job.status.state === 'running') {
			this.tell({ ...entry.job, status: { ...entry.job.status, cancelling: true } });
		}
		this.end(entry, { state: 'cancelled' });
	}

	resume(id: string): JobView {
		const job = this.all.get(id);
		if (job === undefined) throw notFound(`job ${id}`);
		const { started_at: _a, finished_at: _b, status: _c, ...about } = job;
		const verified = {
			kind: 'published',
			sha256: '',
			size: 0,
			seq: 1,
			consequences: [],
			verified: true,
			warning: null,
		};
		return this.begin(about, [['verifying', 0]], () => verified as JobResult);
	}

	private async run(entry: Running): Promise<void> {
		const steps = 12;
		for (const [phase, total] of entry.legs) {
			for (let i = 1; i <= steps; i += 1) {
				await new Promise((resolve) => setTimeout(resolve, this.step / steps));
				if (!this.running.has(entry.job.id)) return;
				const eta = total > 0 ? Math.ceil(((steps - i) * this.step) / steps / 1000) : null;
				const done = Math.round((total * i) / steps);
				entry.job = {
					...entry.job,
					status: { state: 'running', phase, done, total, eta, cancelling: false },
				};
				this.tell(entry.job);
			}
		}
		if (entry.fault === null) this.end(entry, { state: 'done', result: entry.finish() });
		else if (entry.fault.code === 'unknown_outcome')
			this.end(entry, { state: 'unknown', error: entry.fault });
		else this.end(entry, { state: 'failed', error: entry.fault });
	}

	private end(entry: Running, status: JobView['status']): void {
		this.running.delete(entry.job.id);
		this.tell({ ...entry.job, finished_at: this.now(), status });
	}

	private tell(job: JobView): void {
		this.all.set(job.id, job);
		for (const listener of this.listeners) listener(job);
	}
}
