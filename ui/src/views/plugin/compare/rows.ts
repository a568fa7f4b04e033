import type { DiffView } from '../../../generated/DiffView';
import type { FileChangeView } from '../../../generated/FileChangeView';
import type { LineView } from '../../../generated/LineView';
import { pathOf } from '../../../state';

/** The most characters of an unchanged line; the others were cut by Rust. */
const LINE = 500;

/** One row of the long list of differences. */
export type Row =
	| { kind: 'file'; key: string; path: string; change: FileChangeView; folded: boolean }
	| { kind: 'note'; key: string; path: string; change: FileChangeView }
	| { kind: 'gap'; key: string; path: string; old: string; count: number }
	/** `first`: a change begins here, and the keys stop at it. */
	| { kind: 'line'; key: string; path: string; line: LineView; first: boolean }
	| { kind: 'remark'; key: string; path: string; remark: 'coarse' | 'cut' }
	/** Nothing more of this file. */
	| { kind: 'end'; key: string; path: string };

/** Whether a row is where a change begins. */
export function isStop(row: Row): boolean {
	return row.kind === 'note' || (row.kind === 'line' && row.first);
}

/** A difference as rows: for each file a head and what is inside it. `opened` gaps show their lines as soon as the text is there. */
export function rows(
	view: DiffView,
	folded: ReadonlySet<string>,
	opened: ReadonlySet<string>,
	texts: Readonly<Record<string, string[]>>,
): Row[] {
	return view.files.flatMap((change) => {
		const path = pathOf(change);
		const hidden = folded.has(path);
		const head: Row = { kind: 'file', key: path, path, change, folded: hidden };
		return hidden ? [head] : [head, ...inside(change, path, opened, texts)];
	});
}

function inside(
	change: FileChangeView,
	path: string,
	opened: ReadonlySet<string>,
	texts: Readonly<Record<string, string[]>>,
): Row[] {
	const { body } = change;
	if (body.kind !== 'text' || body.hunks.length === 0 || body.endings_only) {
		return [{ kind: 'note', key: `${path}\nnote`, path, change }];
	}
	const all: Row[] = [];
	if (body.coarse) all.push({ kind: 'remark', key: `${path}\ncoarse`, path, remark: 'coarse' });
	const old = change.old?.path ?? path;
	let at = { old: 0, new: 0 };
	const gap = (count: number) => {
		if (count <= 0) return;
		const key = `${path}\n${at.old}`;
		const text = opened.has(key) ? texts[old] : undefined;
		if (text === undefined) all.push({ kind: 'gap', key, path, old, count });
		else all.push(...unchanged(text, at, count, path));
		at = { old: at.old + count, new: at.new + count };
	};
	for (const hunk of body.hunks) {
		gap(hunk.skipped);
		let inChange = false;
		for (const line of hunk.lines) {
			at = { old: line.old ?? at.old, new: line.new ?? at.new };
			const changes = line.sign !== 'same';
			const key = `${path}\n${line.old ?? ''}/${line.new ?? ''}`;
			all.push({ kind: 'line', key, path, line, first: changes && !inChange });
			inChange = changes;
		}
	}
	if (body.cut) all.push({ kind: 'remark', key: `${path}\ncut`, path, remark: 'cut' });
	else gap(body.lines - at.new);
	all.push({ kind: 'end', key: `${path}\nend`, path });
	return all;
}

function unchanged(text: string[], at: { old: number; new: number }, count: number, path: string): Row[] {
	return Array.from({ length: count }, (_, i) => {
		const old = at.old + i + 1;
		const characters = [...(text[old - 1] ?? '').replace(/\r$/, '')];
		const line: LineView = {
			sign: 'same',
			old,
			new: at.new + i + 1,
			text: characters.slice(0, LINE).join(''),
			marks: [],
			cut_before: 0,
			cut_after: Math.max(0, characters.length - LINE),
			unended: false,
		};
		return { kind: 'line', key: `${path}\n${old}/${line.new}`, path, line, first: false };
	});
}

/** Lines that came and went in a file; null where lines were not compared. */
export function counts(change: FileChangeView): { added: number; removed: number } | null {
	const { body } = change;
	return body.kind === 'text' ? { added: body.added, removed: body.removed } : null;
}

/** Lines that came and went in all files. */
export function total(view: DiffView): { added: number; removed: number } {
	const sum = { added: 0, removed: 0 };
	for (const change of view.files) {
		const of = counts(change);
		sum.added += of?.added ?? 0;
		sum.removed += of?.removed ?? 0;
	}
	return sum;
}
