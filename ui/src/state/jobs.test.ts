import { expect, test } from 'vitest';
import type { Backend } from '../backend';
import type { JobState } from '../generated/JobState';
import type { JobView } from '../generated/JobView';
import { Jobs } from './jobs.svelte';

function job(status: JobState): JobView {
	return {
		id: 'a',
		kind: 'publish',
		registry: 'team',
		plugin: 'timer',
		version: '1.0.0',
		path: '/timer',
		started_at: '2026-11-23T10:00:00.000Z',
		finished_at: null,
		status,
	};
}

const running: JobState = {
	state: 'running',
	phase: 'reading',
	done: 0,
	total: 0,
	eta: null,
	cancelling: false,
};
const saved: JobState = { state: 'done', result: { kind: 'saved', path: '/x', size: 1 } };

/** Jobs of one interrupted job, whose resume is answered when the test says so. */
function resumed() {
	let tell: (job: JobView) => void = () => {};
	let answer: (job: JobView) => void = () => {};
	const backend = {
		jobs: async () => [],
		onJob: (listener: (job: JobView) => void) => {
			tell = listener;
			return () => {};
		},
		resumeJob: () =>
			new Promise<JobView>((resolve) => {
				answer = resolve;
			}),
	};
	const jobs = new Jobs(backend as unknown as Backend);
	jobs.follow();
	tell(job({ state: 'interrupted' }));
	const ends: string[] = [];
	jobs.onEnd((ended) => ends.push(ended.status.state));
	return {
		jobs,
		ends,
		resume: jobs.resume('a'),
		tell: (s: JobState) => tell(job(s)),
		answer: (s: JobState) => answer(job(s)),
	};
}

test('a resumed job that ends before the answer stays ended', async () => {
	const { jobs, ends, resume, tell, answer } = resumed();
	tell(running);
	expect(jobs.running).toHaveLength(1);
	tell(saved);
	answer(running);
	await resume;
	expect(jobs.find('a')?.status.state).toBe('done');
	expect(ends).toEqual(['done']);
});

test('a resumed job runs from its answer on, and a late word of the run before changes nothing', async () => {
	const { jobs, ends, resume, tell, answer } = resumed();
	answer(running);
	await resume;
	expect(jobs.running).toHaveLength(1);
	tell(saved);
	tell(running);
	expect(jobs.find('a')?.status.state).toBe('done');
	expect(ends).toEqual(['done']);
});
