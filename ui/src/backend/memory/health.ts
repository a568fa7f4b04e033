import type { FindingView } from '../../generated/FindingView';
import type { HealthReport } from '../../generated/HealthReport';
import type { OrphanView } from '../../generated/OrphanView';

/** A registry in which nothing is wrong. */
export const whole: HealthReport = {
	healthy: true,
	quick: false,
	usage: {
		documents: { objects: 12, bytes: 84_000 },
		history: { objects: 57, bytes: 390_000 },
		packages: { objects: 69, bytes: 46_300_000 },
		assets: { objects: 138, bytes: 1_900_000 },
		other: { objects: 2, bytes: 9_400 },
	},
	plugins: 12,
	revisions: 57,
	bytes: 48_700_000,
	findings: [],
	more: 0,
	repaired: [],
};

/** What a check may find. */
export const found: FindingView[] = [
	{
		weight: 'damage',
		error: {
			code: 'integrity',
			kind: 'found_package_altered',
			message: 'The package of weather-card 3.2.0 is not what was published: its digest differs.',
			hint: 'Put packages/weather-card/3.2.0/a.zip back from a backup; until then, roll back from weather-card 3.2.0 or yank it.',
			data: { plugin: 'weather-card', version: '3.2.0', key: 'packages/weather-card/3.2.0/a.zip' },
		},
	},
	{
		weight: 'derived',
		error: {
			code: 'integrity',
			kind: 'found_row_stale',
			message: 'The catalogue knows only revision 4 of meeting-notes.',
			hint: 'Repair makes it anew from the documents.',
			data: { plugin: 'meeting-notes', seq: '4' },
		},
	},
];

/** Uploads that nothing refers to. */
export const left: OrphanView[] = [
	{ key: 'packages/meeting-notes/4.1.0/b.zip', size: 1_800_000, modified: '2026-10-02T09:00:00Z' },
	{ key: 'assets/meeting-notes/c', size: 4_100, modified: '2026-10-02T09:00:00Z' },
];
