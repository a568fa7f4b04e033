import { expect, test } from 'vitest';
import { compareVersions, direction } from './versions';

test('precedence is that of SemVer 2.0.0, §11', () => {
	const ordered = [
		'1.0.0-alpha',
		'1.0.0-alpha.1',
		'1.0.0-alpha.beta',
		'1.0.0-beta',
		'1.0.0-beta.2',
		'1.0.0-beta.11',
		'1.0.0-rc.1',
		'1.0.0',
		'1.0.10',
		'1.2.0',
		'10.0.0',
	];
	for (const [i, a] of ordered.entries()) {
		for (const [j, b] of ordered.entries())
			expect(compareVersions(a, b), `${a} and ${b}`).toBe(Math.sign(i - j));
	}
});

test('build metadata does not count', () => {
	expect(compareVersions('1.0.0+linux', '1.0.0+mac-2')).toBe(0);
	expect(direction('1.0.0', '1.0.0+1')).toBe('same');
});

test('a channel that is nowhere can only go forward', () => {
	expect(direction(null, '0.1.0')).toBe('forward');
	expect(direction('2.0.0', '2.0.0-rc.1')).toBe('back');
});
