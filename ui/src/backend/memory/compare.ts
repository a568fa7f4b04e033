import type { DiffBody } from '../../generated/DiffBody';
import type { DiffSide } from '../../generated/DiffSide';
import type { DiffView } from '../../generated/DiffView';
import type { FileChangeView } from '../../generated/FileChangeView';
import type { HunkView } from '../../generated/HunkView';
import type { LineView } from '../../generated/LineView';
import type { ManifestChangeView } from '../../generated/ManifestChangeView';
import type { VersionSuggestion } from '../../generated/VersionSuggestion';
import { BINARY, packed } from './contents';

type Files = Map<string, string>;

const CONTEXT = 3;

/** What differs between two sets of files, told as Rust tells it. */
export function compare(
	id: string,
	old: [version: string, files: Files],
	next: [string, Files],
	path: string | null,
): DiffView {
	const manifest = manifests(old[1], next[1]);
	const files = changes(old[1], next[1]);
	const unchanged = [...next[1]].filter(([name, text]) => old[1].get(name) === text).length;
	const suggestion = files.length === 0 ? null : suggest(old[0], manifest, files);
	return { id, old: side(...old, null), new: side(...next, path), manifest, files, unchanged, suggestion };
}

/** A folder whose plugin was never published. */
export function first(id: string, version: string, files: Files, path: string): DiffView {
	const none = { manifest: [], files: [], unchanged: 0, suggestion: null };
	return { id, old: null, new: side(version, files, path), ...none };
}

function side(version: string, files: Files, path: string | null): DiffSide {
	const unpacked_size = [...files].reduce((sum, [name, text]) => sum + packed(name, text).size, 0);
	return { version, path, platform: 'any', files: files.size, unpacked_size };
}

function changes(old: Files, next: Files): FileChangeView[] {
	const gone = [...old.keys()].filter((path) => !next.has(path));
	const all: FileChangeView[] = [];
	for (const [path, text] of next) {
		const before = old.get(path);
		if (before === text) continue;
		const from = before === undefined ? gone.find((candidate) => old.get(candidate) === text) : path;
		if (from !== undefined && from !== path) gone.splice(gone.indexOf(from), 1);
		const was = from === undefined ? null : packed(from, old.get(from) ?? '');
		const kind = from === undefined ? 'added' : from === path ? 'changed' : 'renamed';
		all.push({
			kind,
			old: was,
			new: packed(path, text),
			body: body(from === undefined ? '' : (old.get(from) ?? ''), text),
		});
	}
	for (const path of gone) {
		const text = old.get(path) ?? '';
		all.push({ kind: 'removed', old: packed(path, text), new: null, body: body(text, '') });
	}
	return all.sort((a, b) => ((a.new ?? a.old)?.path ?? '').localeCompare((b.new ?? b.old)?.path ?? ''));
}

function body(old: string, next: string): DiffBody {
	if (old === next) return { kind: 'same' };
	if (old.includes(BINARY) || next.includes(BINARY)) return { kind: 'binary' };
	const all = lines(split(old), split(next));
	const count = (sign: LineView['sign']) => all.filter((line) => line.sign === sign).length;
	const flags = { coarse: false, cut: false, endings_only: false };
	return {
		...{ kind: 'text', hunks: hunks(all), added: count('added'), removed: count('removed') },
		...{ lines: split(next).length, ...flags },
	};
}

function split(text: string): string[] {
	return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** The longest common subsequence; the texts here are short. */
function lines(old: string[], next: string[]): LineView[] {
	const table = Array.from({ length: old.length + 1 }, () => new Array<number>(next.length + 1).fill(0));
	const at = (i: number, j: number) => table[i]?.[j] ?? 0;
	for (let i = old.length - 1; i >= 0; i -= 1) {
		for (let j = next.length - 1; j >= 0; j -= 1) {
			const row = table[i];
			if (row) row[j] = old[i] === next[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
		}
	}
	const plain = { marks: [], cut_before: 0, cut_after: 0, unended: false };
	const all: LineView[] = [];
	for (let [i, j] = [0, 0]; i < old.length || j < next.length; ) {
		const same = i < old.length && j < next.length && old[i] === next[j];
		const leaves = !same && i < old.length && (j >= next.length || at(i + 1, j) >= at(i, j + 1));
		const sign = same ? 'same' : leaves ? 'removed' : 'added';
		const text = (sign === 'added' ? next[j] : old[i]) ?? '';
		const numbers = { old: sign === 'added' ? null : i + 1, new: sign === 'removed' ? null : j + 1 };
		all.push({
			sign,
			...numbers,
			text: text.slice(0, 500),
			...plain,
			cut_after: Math.max(0, text.length - 500),
		});
		if (sign !== 'added') i += 1;
		if (sign !== 'removed') j += 1;
	}
	return all;
}

function hunks(all: LineView[]): HunkView[] {
	const near = all.map((_, i) =>
		all.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).some((line) => line.sign !== 'same'),
	);
	const found: HunkView[] = [];
	let skipped = 0;
	all.forEach((line, i) => {
		if (!near[i]) skipped += 1;
		else if (near[i - 1]) found.at(-1)?.lines.push(line);
		else {
			found.push({ skipped, lines: [line] });
			skipped = 0;
		}
	});
	return found;
}

interface Manifest {
	hosts?: Record<string, string>;
	permissions?: string[];
}

function manifests(old: Files, next: Files): ManifestChangeView[] {
	const read = (files: Files) => JSON.parse(files.get('patchbay.json') ?? '{}') as Manifest;
	const [before, after] = [read(old), read(next)];
	const hosts = new Set([...Object.keys(before.hosts ?? {}), ...Object.keys(after.hosts ?? {})]);
	const told: ManifestChangeView[] = [];
	for (const name of hosts) {
		const [was, is] = [before.hosts?.[name] ?? null, after.hosts?.[name] ?? null];
		const effect = was !== null && is !== null ? (is > was ? 'narrows' : 'widens') : null;
		if (was !== is) told.push({ area: 'host', name, old: was, new: is, effect });
	}
	const [had, has] = [before.permissions ?? [], after.permissions ?? []];
	const permission = { area: 'permission', effect: null } as const;
	for (const name of has.filter((p) => !had.includes(p)))
		told.push({ ...permission, name, old: null, new: '' });
	for (const name of had.filter((p) => !has.includes(p)))
		told.push({ ...permission, name, old: '', new: null });
	return told;
}

function suggest(base: string, manifest: ManifestChangeView[], files: FileChangeView[]): VersionSuggestion {
	const [major = 0, minor = 0, patch = 0] = base.split(/[-+]/)[0]?.split('.').map(Number) ?? [];
	const narrows = manifest.filter((change) => change.effect === 'narrows');
	const permits = manifest.filter((change) => change.area === 'permission' && change.new !== null);
	const added = files.filter((change) => change.kind === 'added').length;
	const convention = null;
	if (narrows.length > 0) {
		const reasons = narrows.map(({ name }) => ({ kind: 'range_narrows' as const, name, count: 1 }));
		return { level: 'major', version: `${major + 1}.0.0`, reasons, convention };
	}
	if (permits.length + added > 0) {
		const reasons: VersionSuggestion['reasons'] = permits.map(({ name }) => ({
			kind: 'permission_added',
			name,
			count: 1,
		}));
		if (added > 0) reasons.push({ kind: 'files_added', name: '', count: added });
		return { level: 'minor', version: `${major}.${minor + 1}.0`, reasons, convention };
	}
	const reasons = [{ kind: 'content_only' as const, name: '', count: files.length }];
	return { level: 'patch', version: `${major}.${minor}.${patch + 1}`, reasons, convention };
}
