import type { PluginView } from '../../../generated/PluginView';

/**
 * The two versions to compare: those that are named, else the shown one with the one before it. Null when there are not two.
 * Releases stand newest first.
 */
export function pair(
	view: PluginView,
	base: string | null,
	version: string | null,
): { old: string; next: string } | null {
	const versions = view.releases.map((release) => release.version);
	if (versions.length < 2) return null;
	const there = (wanted: string | null) => versions.find((v) => v === wanted);
	const next = there(version) ?? there(view.card.version) ?? versions[0] ?? '';
	const old = there(base) ?? versions[versions.indexOf(next) + 1] ?? versions[0] ?? '';
	return old === next && base === null ? { old: versions[1] ?? '', next } : { old, next };
}
