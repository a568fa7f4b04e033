import { expect, test } from 'vitest';
import { fitting, textWidth } from './width';

/** Wide ones and narrow ones, and an ellipsis of 3. */
const advance = (character: string) =>
	character === '…' ? 3 : character.length > 1 || character > 'ÿ' ? 10 : 5;

test.each([
	['all of it fits', 'abcd', 20, 'abcd'],
	['a pixel less than that', 'abcd', 19, 'abc…'],
	['no room for an ellipsis behind three', 'abcd', 17, 'ab…'],
	['no space before the ellipsis', 'ab cd', 20, 'ab…'],
	['no point before it either', 'ab. cd', 27, 'ab…'],
	['nor a comma of another script', '插件，管理器', 33, '插件…'],
	['wide characters', '插件管理器', 43, '插件管理…'],
	['a character of two units is not cut in two', 'a🧩🧩', 20, 'a🧩…'],
	['nothing', '', 0, ''],
	['no room at all', 'abcd', 2, '…'],
])('%s', (_, text, room, shown) => expect(fitting(text, room, advance)).toBe(shown));

test('where nothing can be measured everything is shown', () => {
	expect(textWidth('abc', 13, 400)).toBe(0);
	expect(fitting('abc', 1, () => 0)).toBe('abc');
});
