import type { JobState } from '../../generated/JobState';
import type { JobView } from '../../generated/JobView';
import { f, language, m } from '../../lib/messages';

type Running = Extract<JobState, { state: 'running' }>;

/** Whether a running job can still be stopped: not once it is being made live. */
export function canCancel({ phase }: Running): boolean {
	return [
		'reading',
		'packing',
		'uploading',
		'downloading',
		'surveying',
		'checking',
		'repairing',
		'cleaning',
	].includes(phase);
}

/** Bytes and time left of the phase; empty when neither is known. */
export function progressWords({ done, total, eta }: Running): string {
	const words = m().activity;
	const bytes = total > 0 ? words.of(f().bytes(done), f().bytes(total)) : '';
	const left = eta !== null && eta > 0 ? words.left(f().duration(eta)) : '';
	return [bytes, left].filter(Boolean).join(m().common.dot);
}

/** What a job is about; before its manifest was read, its folder or file. */
export function subject(job: JobView): string {
	return m().activity.name(job.plugin || (job.path.split(/[\\/]/).pop() ?? ''), job.version);
}

/** A day and its jobs. */
export interface Day {
	/** Local midnight, in milliseconds since the epoch. */
	at: number;
	jobs: JobView[];
}

/** Jobs by the local day on which they began, in the order in which they come. */
export function byDay(jobs: JobView[]): Day[] {
	const days: Day[] = [];
	for (const job of jobs) {
		const at = new Date(job.started_at).setHours(0, 0, 0, 0);
		const last = days.at(-1);
		if (last?.at === at) last.jobs.push(job);
		else days.push({ at, jobs: [job] });
	}
	return days;
}

/** `14:03`, as the language in use writes it. */
export function timeOfDay(iso: string): string {
	const locale = language() === 'en' ? 'en-GB' : language();
	return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(new Date(iso));
}
