import { describe, expect, test } from 'vitest';
import { createFormat } from './format';

const en = createFormat('en', 'just now');
const zh = createFormat('zh-CN', '刚刚');
const NOW = Date.parse('2026-11-23T12:00:00Z');
const before = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

test.each([
	[0, '0 bytes', '0 字节'],
	[1, '1 byte', '1 字节'],
	[999, '999 bytes', '999 字节'],
	[1_000, '1 KB', '1 KB'],
	[1_440, '1.4 KB', '1.4 KB'],
	[412_300, '412 KB', '412 KB'],
	[999_600, '1 MB', '1 MB'],
	[1_402_000, '1.4 MB', '1.4 MB'],
	[48_200_000_000, '48 GB', '48 GB'],
])('%d bytes', (n, english, chinese) => {
	expect(en.bytes(n)).toBe(english);
	expect(zh.bytes(n)).toBe(chinese);
});

test.each([
	[-30, 'just now', '刚刚'],
	[0, 'just now', '刚刚'],
	[60, '1 minute ago', '1 分钟前'],
	[7_200, '2 hours ago', '2 小时前'],
	[3 * 86_400, '3 days ago', '3 天前'],
	[42 * 86_400, '12 Oct', '10月12日'],
	[500 * 86_400, '11 Jul 2025', '2025年7月11日'],
])('%d seconds ago', (seconds, english, chinese) => {
	expect(en.ago(before(seconds), NOW)).toBe(english);
	expect(zh.ago(before(seconds), NOW)).toBe(chinese);
});

describe('dates', () => {
	test('September has three letters like its neighbours', () => {
		expect(en.day('2026-09-03T10:00:00Z', NOW)).toBe('3 Sep');
		expect(en.longDay('2026-09-03T10:00:00Z')).toBe('3 September 2026');
	});

	test('the hover is exact to the second', () => {
		expect(en.exact('2026-10-12T10:11:12Z')).toMatch(/^Monday,? 12 October 2026 at \d\d:11:12/);
		expect(zh.exact('2026-10-12T10:11:12Z')).toMatch(/^2026年10月12日星期一/);
	});
});

test('lists and numbers', () => {
	expect(en.list(['a', 'b', 'c'])).toBe('a, b and c');
	expect(zh.list(['a', 'b'])).toBe('a和b');
	expect(en.number(6858)).toBe('6,858');
	expect(en.duration(130)).toBe('2 minutes');
	expect(zh.duration(5)).toBe('5 秒钟');
});
