import { expect, test } from 'vitest';
import type { DiffBody } from '../../../generated/DiffBody';
import type { DiffView } from '../../../generated/DiffView';
import type { LineView } from '../../../generated/LineView';
import { isStop, type Row, rows, total } from './rows';

const plain = { marks: [], cut_before: 0, cut_after: 0, unended: false };
const line = (old: number | null, next: number | null, text: string): LineView => ({
	...{ old, new: next, text, ...plain },
	sign: old === null ? 'added' : next === null ? 'removed' : 'same',
});

function view(body: DiffBody): DiffView {
	const state = { path: 'a.js', size: 1, sha256: 'aa', mode: '0644' };
	const side = { version: '1.0.0', path: null, platform: 'any', files: 1, unpacked_size: 1 };
	const files = [{ kind: 'changed' as const, old: state, new: { ...state, sha256: 'bb' }, body }];
	return { id: 'x', old: side, new: side, manifest: [], files, unchanged: 0, suggestion: null };
}

const text = (hunks: { skipped: number; lines: LineView[] }[], lines: number, more = {}): DiffBody => ({
	...{ kind: 'text', hunks, added: 1, removed: 1, lines, coarse: false, cut: false, endings_only: false },
	...more,
});

const told = (all: Row[]) =>
	all.map((row) => {
		if (row.kind === 'line')
			return `${row.line.old ?? ''}:${row.line.new ?? ''} ${row.line.text}${row.first ? ' <' : ''}`;
		return row.kind === 'gap' ? `gap ${row.count}` : row.kind;
	});

const body = text(
	[
		{ skipped: 2, lines: [line(3, 3, 'c'), line(4, null, 'd'), line(null, 4, 'D'), line(5, 5, 'e')] },
		{ skipped: 1, lines: [line(null, 7, 'new'), line(7, 8, 'g')] },
	],
	10,
);

test('hunks with gaps before, between and after them', () => {
	const all = rows(view(body), new Set(), new Set(), {});
	const expected = [
		'file',
		'gap 2',
		'3:3 c',
		'4: d <',
		':4 D',
		'5:5 e',
		'gap 1',
		':7 new <',
		'7:8 g',
		'gap 2',
		'end',
	];
	expect(told(all)).toEqual(expected);
	expect(all.filter(isStop)).toHaveLength(2);
	expect(new Set(all.map((row) => row.key)).size).toBe(all.length);
	expect(total(view(body))).toEqual({ added: 1, removed: 1 });
});

test('an opened gap shows its lines once the text is there, with the numbers of both sides', () => {
	const opened = new Set(['a.js\n7']);
	expect(told(rows(view(body), new Set(), opened, {})).at(-2)).toBe('gap 2');
	const texts = { 'a.js': ['a', 'b', 'c', 'd', 'e', 'f', 'g', `h${'x'.repeat(600)}`, 'i\r'] };
	const all = rows(view(body), new Set(), opened, texts);
	expect(told(all).slice(-3)).toEqual([`8:9 h${'x'.repeat(499)}`, '9:10 i', 'end']);
	expect(all.at(-3)).toMatchObject({ line: { cut_after: 101 } });
});

test('what has no lines has a note, and what is folded only its head', () => {
	expect(told(rows(view({ kind: 'binary' }), new Set(), new Set(), {}))).toEqual(['file', 'note']);
	expect(told(rows(view(text([], 3, { endings_only: true })), new Set(), new Set(), {}))).toEqual([
		'file',
		'note',
	]);
	expect(told(rows(view(body), new Set(['a.js']), new Set(), {}))).toEqual(['file']);
});

test('what is cut has no gap after it, because nobody knows how it goes on', () => {
	const cut = text([{ skipped: 0, lines: [line(null, 1, 'a')] }], 900, { cut: true, coarse: true });
	expect(told(rows(view(cut), new Set(), new Set(), {}))).toEqual([
		'file',
		'remark',
		':1 a <',
		'remark',
		'end',
	]);
});
