import type { ContentsView } from '../../generated/ContentsView';
import type { PluginView } from '../../generated/PluginView';
import type { ProblemView } from '../../generated/ProblemView';
import type { PublishPlan } from '../../generated/PublishPlan';
import type { PublishRequest } from '../../generated/PublishRequest';
import { wireError } from './errors';

/** A folder that lies ready to be published, as looking into it would show it. */
export function inspectFolder(path: string, view: PluginView | null): PublishPlan {
	const files = [
		{ path: 'CHANGELOG.md', size: 8_114 },
		{ path: 'README.md', size: 11_208 },
		{ path: 'assets/icon.svg', size: 6_020 },
		{ path: 'assets/templates.json', size: 98_312 },
		{ path: 'dist/main.js', size: 268_441 },
		{ path: 'dist/styles.css', size: 19_004 },
		{ path: 'patchbay.json', size: 742 },
	];
	const excluded = [
		{ path: '.env', rule: '.env', source: '.gitignore', files: 1 },
		{ path: 'dist/main.js.map', rule: '*.map', source: '.patchbayignore', files: 1 },
		{ path: 'node_modules/', rule: 'node_modules/', source: 'built-in', files: 1_902 },
	];
	const id = path.split(/[\\/]/).pop() ?? '';
	const newest = view?.releases[0]?.version ?? null;
	const version = /taken/.test(path) ? (newest ?? '1.0.0') : '4.0.0';
	const broken = /broken/.test(path);
	const problem = broken
		? {
				severity: 'error' as const,
				file: 'patchbay.json',
				fix: null,
				error: wireError(
					'usage',
					'manifest_syntax',
					'patchbay.json is not valid JSON: trailing comma at line 4, column 18.',
					'Look at line 4 and the one before it.',
					{ file: 'patchbay.json', line: '4', column: '18', reason: 'trailing comma' },
				),
			}
		: {
				severity: 'warning' as const,
				file: null,
				fix: {
					edits: [
						{
							file: 'patchbay.json',
							field: 'license',
							value: 'UNLICENSED',
							shown: '"license": "UNLICENSED"',
						},
					],
				},
				error: wireError(
					'usage',
					'no_license',
					'The plugin has no licence, so nobody knows whether they may use it.',
					'Add a “license” to the manifest, or a LICENSE file.',
				),
			};
	const manifest = {
		source: 'patchbay.json',
		...{ id, version },
		name: view?.card.name ?? id,
		description: view?.card.description ?? 'A new plugin.',
		author: view?.card.author ?? 'you',
		license: null,
		hosts: { screenpipe: '>=0.24' },
		permissions: [],
		platform: 'any',
		ecosystem: 'patchbay',
		origins: [{ field: 'icon', file: 'icon.svg', key: null }],
	};
	return {
		path,
		manifest: broken ? null : manifest,
		problems: [problem],
		files,
		excluded,
		excluded_files: 1_904,
		unpacked_size: files.reduce((sum, f) => sum + f.size, 0),
		newest,
		already_live: false,
		next_free: version === newest ? '4.0.0' : null,
		default_channel: 'stable',
		channels: (view?.card.channels ?? [{ name: 'stable', version: null, held: false }]).map((c) => ({
			channel: c.name,
			at: c.version,
			stays: c.held ? 'held' : null,
		})),
		others: [],
	};
}

/** The same for a whole request: secrets of a folder called so, packages for other platforms, what was fixed. */
export function inspectRequest(
	request: PublishRequest,
	fixed: string[],
	view: PluginView | null,
): PublishPlan {
	const plan = inspectFolder(request.path, view);
	plan.problems = plan.problems.filter((p) => !p.fix?.edits.every((e) => fixed.includes(e.shown)));
	if (/secret/.test(request.path)) plan.problems.unshift(secret(request.allow_secrets));
	if (plan.manifest && request.platform) plan.manifest.platform = request.platform;
	plan.others = request.others.map(({ path, platform }): ContentsView => {
		const { files, excluded, excluded_files, unpacked_size } = inspectFolder(path, view);
		return {
			path,
			platform: platform ?? 'any',
			files,
			excluded,
			excluded_files,
			unpacked_size,
			problems: [],
		};
	});
	return plan;
}

function secret(allowed: string[]): ProblemView {
	const name = 'github-token:dist/main.js:3';
	const data = { path: 'dist/main.js', line: '3', rule: 'github-token', name };
	const open = !allowed.includes(name);
	return {
		severity: open ? 'error' : 'warning',
		file: 'dist/main.js',
		fix: null,
		error: wireError(
			'failed',
			open ? 'secret' : 'secret_allowed',
			open
				? 'Line 3 of “dist/main.js” holds what looks like a secret (github-token).'
				: 'Line 3 of “dist/main.js” holds a secret (github-token), which was allowed by name.',
			'Take it out and revoke it.',
			data,
		),
	};
}
