import { expect, test } from 'vitest';
import { LINE, lines } from './lines';

test('lines without their ends', () => {
	expect(lines('a\nb\n').map((l) => l.text)).toEqual(['a', 'b']);
	expect(lines('a\nb').map((l) => l.text)).toEqual(['a', 'b']);
	expect(lines('a\r\nb\r\n').map((l) => l.text)).toEqual(['a', 'b']);
	expect(lines('a\r\nb\n').map((l) => l.text)).toEqual(['a', 'b']);
	expect(lines('a\nb\r\nc\n').map((l) => l.text)).toEqual(['a', 'b\r', 'c']);
	expect(lines('over\rwritten').map((l) => l.text)).toEqual(['over\rwritten']);
	expect(lines('')).toEqual([]);
});

test('a long line is cut, not in the middle of a character', () => {
	const [line] = lines(`${'x'.repeat(LINE - 1)}🎉${'y'.repeat(10)}`);
	expect(line?.text).toBe('x'.repeat(LINE - 1));
	expect(line?.cut).toBe(11);
});
