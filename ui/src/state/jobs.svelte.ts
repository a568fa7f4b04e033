import type { Backend } from '../backend';
import type { JobView } from '../generated/JobView';
import type { PublishRequest } from '../generated/PublishRequest';

/** Jobs, newest first, as they are now. */
export class Jobs {
	list = $state.raw<JobView[]>([]);
	private readonly ends = new Set<(job: JobView) => void>();
	/** Asked to go on, and nothing heard yet. */
	private readonly resuming = new Set<string>();

	constructor(private readonly backend: Backend) {}

	get running(): JobView[] {
		return this.list.filter((job) => job.status.state === 'running');
	}

	/** Reads all jobs and follows them. Returns what ends it. */
	follow(): () => void {
		const stop = this.backend.onJob((job) => this.put(job));
		this.backend.jobs().then(
			(jobs) => {
				// What was told meanwhile is newer than the list.
				const told = new Set(this.list.map((job) => job.id));
				this.list = sorted([...this.list, ...jobs.filter((job) => !told.has(job.id))]);
			},
			() => {
				// The list fills from events; a job that is started is never lost.
			},
		);
		return stop;
	}

	/** Calls back whenever a job ends, whatever way. */
	onEnd(listener: (job: JobView) => void): () => void {
		this.ends.add(listener);
		return () => this.ends.delete(listener);
	}

	find(id: string): JobView | null {
		return this.list.find((job) => job.id === id) ?? null;
	}

	async publish(registry: string, request: PublishRequest): Promise<JobView> {
		return this.put(await this.backend.publish(registry, request));
	}

	async download(registry: string, id: string, version: string, platform: string): Promise<JobView | null> {
		const job = await this.backend.download(registry, id, version, platform);
		return job === null ? null : this.put(job);
	}

	/** A job that has just been asked for. */
	async begin(asked: Promise<JobView>): Promise<JobView> {
		return this.put(await asked);
	}

	cancel(id: string): Promise<void> {
		return this.backend.cancelJob(id);
	}

	async resume(id: string): Promise<JobView> {
		this.resuming.add(id);
		try {
			const job = await this.backend.resumeJob(id);
			// A short job may have ended before this answer: what was told meanwhile is newer.
			return this.resuming.has(id) ? this.put(job) : (this.find(id) ?? job);
		} finally {
			this.resuming.delete(id);
		}
	}

	/** An answer to a call can arrive after events that are newer: it never replaces an ended job, except the first word of one resumed. */
	private put(job: JobView): JobView {
		const known = this.find(job.id);
		const again = this.resuming.delete(job.id);
		const ended = known !== null && known.status.state !== 'running' && !again;
		if (ended && job.status.state === 'running') return known;
		this.list = sorted([job, ...this.list.filter((j) => j.id !== job.id)]);
		if (job.status.state !== 'running' && !ended) for (const tell of this.ends) tell(job);
		return job;
	}
}

function sorted(jobs: JobView[]): JobView[] {
	return jobs.toSorted((a, b) => b.started_at.localeCompare(a.started_at));
}
