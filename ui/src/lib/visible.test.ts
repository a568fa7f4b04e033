import { expect, test } from 'vitest';
import { pieces, spelled } from './visible';

test('an ordinary line is one piece, tabs and all languages with it', () => {
	const line = '\tif (x) { return "übung 天气 🎉"; }';
	expect(pieces(line)).toEqual([{ text: line, hidden: false, marked: false }]);
	expect(spelled(line)).toBe(line);
});

test('what turns text around or hides in it is spelled out', () => {
	// The example of CVE-2021-42574: what looks like a comment is code.
	const line = "if (level != 'user\u202e \u2066// admin\u2069 \u2066') {";
	expect(spelled(line)).toBe("if (level != 'user<U+202E> <U+2066>// admin<U+2069> <U+2066>') {");
	expect(
		pieces(line)
			.filter((p) => p.hidden)
			.map((p) => p.text),
	).toEqual(['U+202E', 'U+2066', 'U+2069', 'U+2066']);
	const hidden = [
		'\u0000',
		'\u001b',
		'\r',
		'\u0085',
		'\u00ad',
		'\u200b',
		'\u200f',
		'\u2028',
		'\u2060',
		'\ufeff',
		'\u{e0041}',
	];
	for (const character of hidden)
		expect(spelled(`a${character}b`), character).toMatch(/^a<(U\+[0-9A-F]{4,}|CR)>b$/);
});

test('marks are in code points, and cut pieces', () => {
	expect(pieces('a🎉bcd', [[1, 3]])).toEqual([
		{ text: 'a', hidden: false, marked: false },
		{ text: '🎉b', hidden: false, marked: true },
		{ text: 'cd', hidden: false, marked: false },
	]);
	expect(pieces('a\u202eb', [[1, 2]])[1]).toEqual({ text: 'U+202E', hidden: true, marked: true });
});
