import { expect, test } from 'vitest';
import { parent, rows } from './tree';

const files = [
	{ path: 'README.md', size: 10 },
	{ path: 'dist/main.js', size: 70 },
	{ path: 'dist/lang/zh.json', size: 20 },
	{ path: 'dist/lang/en10.json', size: 3 },
	{ path: 'dist/lang/en9.json', size: 2 },
];
const excluded = [
	{ path: 'dist/main.js.map', rule: '*.map', source: '.patchbayignore', files: 1 },
	{ path: 'node_modules/', rule: 'node_modules/', source: 'built-in', files: 9 },
];

const shape = (closed: string[] = []) =>
	rows(files, excluded, new Set(closed)).map(
		(r) => `${'·'.repeat(r.level)}${r.name}${r.excluded ? ' ×' : ` ${r.size}`}`,
	);

test('folders come first, then files, by name and number', () => {
	expect(shape()).toEqual([
		'dist/ 95',
		'·lang/ 25',
		'··en9.json 2',
		'··en10.json 3',
		'··zh.json 20',
		'·main.js 70',
		'·main.js.map ×',
		'node_modules/ ×',
		'README.md 10',
	]);
});

test('a closed folder keeps its size and hides what is in it', () => {
	expect(shape(['dist/lang/'])).not.toContain('··zh.json 20');
	expect(shape(['dist/lang/'])).toContain('·lang/ 25');
	expect(shape(['dist/'])).toEqual(['dist/ 95', 'node_modules/ ×', 'README.md 10']);
});

test('each row knows its place among its neighbours', () => {
	const main = rows(files, excluded, new Set()).find((r) => r.name === 'main.js');
	expect([main?.position, main?.neighbours]).toEqual([2, 3]);
});

test('what is left out is no folder to be opened', () => {
	const out = rows(files, excluded, new Set()).find((r) => r.name === 'node_modules/');
	expect([out?.folder, out?.open]).toEqual([true, false]);
});

test('the folder that something lies in', () => {
	expect([parent('dist/lang/zh.json'), parent('dist/lang/'), parent('README.md')]).toEqual([
		'dist/lang/',
		'dist/',
		'',
	]);
});
