import type { About } from './document';

/** One published version: `[version, days ago, kilobytes, host range, channel]`. */
export type Shipped = [
	version: string,
	daysAgo: number,
	kilobytes: number,
	range: string,
	channel: string | null,
];

/** A plugin and what happened to it. */
export interface Sample extends About {
	host: string;
	shipped: Shipped[];
	/** Rollbacks after all publishes: `[channel, to, hours ago, reason]`. */
	rollbacks?: [channel: string, to: string, hoursAgo: number, reason: string][];
	/** `[version, days ago, reason]` */
	yanks?: [version: string, daysAgo: number, reason: string][];
	deprecations?: [version: string, message: string, replacement: string | null][];
}

const about = (
	id: string,
	name: string,
	author: string,
	categories: string[],
	description: string,
): About => ({
	...{ id, name, author, categories, description },
	license: 'MIT',
	owners: [author],
	status: 'active',
	deprecated: null,
	homepage: `https://example.com/${id}`,
	repository: `https://example.com/${author}/${id}`,
	readme: `<h1>${name}</h1><p>${description}</p><h2>Use</h2><p>Open the palette and choose <code>${name}</code>. See the <a href="https://example.com/${id}/docs">documentation</a> for all options.</p><pre><code>{ "round": "15m", "groupBy": "client" }</code></pre><ul><li>Works without a network</li><li>Never sends anything anywhere</li></ul>`,
});

const simple = (base: About, version: string, daysAgo: number, kilobytes: number): Sample => ({
	...base,
	host: 'screenpipe',
	shipped: [
		[
			version.replace(/\d+$/, '0').replace(/^(\d+)\.\d+/, '$1.0'),
			daysAgo + 90,
			kilobytes - 4,
			'>=0.20',
			'stable',
		],
		[version, daysAgo, kilobytes, '>=0.22', 'stable'],
	],
});

/** Made-up plugins with everything that a page must be able to show. */
export const samples: Sample[] = [
	simple(
		about(
			'meeting-notes',
			'Meeting Notes',
			'notewell',
			['Productivity', 'Writing'],
			'Writes a summary and the open questions of every call when it ends.',
		),
		'2.3.1',
		6,
		214,
	),
	simple(
		about(
			'focus-timeline',
			'Focus Timeline',
			'mei-tools',
			['Productivity'],
			'Shows where the day went, by app and by project, on one line that you can scrub.',
		),
		'1.8.0',
		1,
		388,
	),
	simple(
		about(
			'obsidian-sync',
			'Obsidian Sync',
			'vaultworks',
			['Sync', 'Writing'],
			'Two-way sync of captures with a vault. Keeps your front matter.',
		),
		'4.0.2',
		21,
		97,
	),
	simple(
		about(
			'rewind-search',
			'Rewind Search',
			'lookback',
			['Search'],
			'Full-text and visual search over everything seen on screen.',
		),
		'0.9.4',
		3,
		1_402,
	),
	{
		...about(
			'timesheet-export',
			'Timesheet Export',
			'ledger-co',
			['Productivity', 'Export'],
			'Weekly timesheets as CSV, for Harvest, Toggl and plain Excel. Groups by client, rounds the way you bill, and never sends anything anywhere.',
		),
		host: 'screenpipe',
		owners: ['ledger-co', 'mei-tools'],
		shipped: [
			['2.9.4', 189, 350, '>=0.16', 'stable'],
			['3.0.0', 144, 371, '>=0.18', 'stable'],
			['3.1.0', 85, 397, '>=0.20', 'stable'],
			['3.1.1', 83, 398, '>=0.20', 'stable'],
			['3.1.2', 81, 398, '>=0.20', 'stable'],
			['3.2.0', 42, 412, '>=0.22', 'stable'],
			['3.3.0', 14, 415, '>=0.22', 'stable'],
			['3.4.0-beta.1', 9, 430, '>=0.24', 'beta'],
			['3.4.0-beta.2', 3, 431, '>=0.24', 'beta'],
		],
		yanks: [['3.1.1', 80, 'The package lacks its templates.']],
		rollbacks: [['stable', '3.2.0', 2, 'Loses entries on the day the clocks change.']],
	},
	simple(
		about(
			'linear-linker',
			'Linear Linker',
			'trackside',
			['Productivity'],
			'Finds the issue you are working on and attaches what you saw.',
		),
		'1.1.5',
		12,
		88,
	),
	{
		...simple(
			about(
				'zotero-bridge',
				'Zotero Bridge',
				'sci-tools',
				['Export', 'Science'],
				'Saves what you read as references, with page images.',
			),
			'2.0.1',
			240,
			164,
		),
		status: 'deprecated',
		deprecated: { message: 'Zotero 8 does this itself.', replacement: 'zotero-native' },
		license: null,
	},
	simple(
		about(
			'huiyi-jiyao',
			'会议纪要',
			'深圳工作室',
			['Productivity', '写作'],
			'自动整理会议内容，生成中文纪要与待办事项。',
		),
		'1.4.0',
		17,
		530,
	),
	simple(
		about(
			'pomodoro-bar',
			'Pomodoro Bar',
			'tinyapps',
			['Productivity'],
			'A quiet timer in the tray that knows when you are in a call.',
		),
		'0.6.2',
		66,
		41,
	),
	{
		...about(
			'open-telemetry-collector-exporter-for-screen-captures',
			'OpenTelemetry Collector Exporter for Screen Captures and Window Events',
			'the-observability-working-group',
			['Export', 'Developer tools'],
			'Exports spans, metrics and logs about every capture to any collector that speaks OTLP over gRPC or HTTP, with batching, retries and a dead-letter queue on disk.',
		),
		host: 'screenpipe',
		shipped: [
			['1.0.0', 120, 2_210, '>=0.20', 'stable'],
			['2.0.0-rc.20261101.nightly', 22, 2_304, '>=0.24 <0.30', 'nightly'],
			['2.0.0', 8, 2_290, '>=0.24', 'stable'],
		],
	},
	{
		...about(
			'clip-board',
			'Clip Board',
			'tinyapps',
			['Productivity'],
			'Remembers what you copied, for as long as you say.',
		),
		host: 'screenpipe',
		shipped: [
			['1.0.0', 300, 60, '>=0.10', 'stable'],
			['1.1.0', 200, 64, '>=0.18', 'stable'],
			['1.2.0', 20, 66, '>=0.22', 'stable'],
		],
		deprecations: [['1.1.0', 'Keeps passwords in its history.', '1.2.0']],
	},
	{
		...simple(
			about(
				'frozen-lake',
				'Frozen Lake',
				'archive',
				['Science'],
				'The data set of a finished study, kept as it was.',
			),
			'1.0.3',
			800,
			9_120,
		),
		status: 'frozen',
	},
];
