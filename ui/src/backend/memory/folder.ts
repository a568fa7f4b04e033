import type { PluginView } from '../../generated/PluginView';
import type { PublishPlan } from '../../generated/PublishPlan';
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
		{ path: '.env', rule: '.env', source: '.gitignore' },
		{ path: 'dist/main.js.map', rule: '*.map', source: '.patchbayignore' },
		{ path: 'node_modules/', rule: 'node_modules/', source: 'built-in' },
	];
	const id = path.split(/[\\/]/).pop() ?? '';
	const newest = view?.releases[0]?.version ?? null;
	const version = /taken/.test(path) ? (newest ?? '1.0.0') : '4.0.0';
	const broken = /broken/.test(path);
	const problem = broken
		? {
				severity: 'error' as const,
				file: 'patchbay.json',
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
	};
}
