import { describe, expect, test } from 'vitest';
import { en } from './en';
import { sayError } from './errors';
import { zhCN } from './zh-CN';

type Node = string | ((...args: never[]) => string) | { [key: string]: Node };

function leaves(node: Node, path = ''): [string, Node][] {
	if (typeof node !== 'object') return [[path, node]];
	return Object.entries(node).flatMap(([key, child]) => leaves(child, path === '' ? key : `${path}.${key}`));
}

const english = new Map(leaves(en as unknown as Node));
const chinese = new Map(leaves(zhCN as unknown as Node));

/** What is the same in both languages, on purpose: names, signs, and the names of the languages in themselves. */
const SAME = [
	/^(shell\.palette\.language|settings\.(tongues|platforms))\./,
	/^common\.(dot|arrow|quote)$/,
	/^(plugin\.release\.digest|compare\.files\.digest|compare\.digest|compare\.digests|browse\.statusHint\.active|registries\.facts\.aws)$/,
];

describe('both languages', () => {
	test('say the same things', () => {
		expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
	});

	test.each([...english.keys()])('%s', (key) => {
		const [a, b] = [english.get(key), chinese.get(key)];
		expect(typeof b).toBe(typeof a);
		if (typeof a === 'string' && typeof b === 'string') {
			expect(b === '', 'both or neither are empty').toBe(a === '');
			if (!SAME.some((same) => same.test(key))) expect(b, 'it is written in Chinese').not.toBe(a);
		}
	});

	test('Chinese uses full-width punctuation between its own words', () => {
		for (const [key, text] of chinese) {
			if (typeof text === 'string')
				expect(text, key).not.toMatch(/[\u4e00-\u9fff][,;:?!](\s|$|[\u4e00-\u9fff])/);
		}
	});

	test('no exclamation marks, no "successfully"', () => {
		for (const [key, text] of [...english, ...chinese]) {
			expect(String(text), key).not.toMatch(/[A-Za-z]!['"`\s]|！|successfully|成功/i);
		}
	});
});

test('a command that a hint names is quoted as a window does it', () => {
	const error = {
		code: 'failed',
		kind: 'unheard_of',
		message: 'No.',
		hint: 'Run `patchbay doctor`.',
		data: {},
	} as const;
	expect(sayError(error)).toEqual({ message: 'No.', hint: 'Run “patchbay doctor”.' });
});
