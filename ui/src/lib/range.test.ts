import { expect, test } from 'vitest';
import { range } from './range';

test.each([
	['>=0.22', '≥ 0.22'],
	['>=0.22 <1.0', '≥ 0.22 < 1.0'],
	['^1.2.0', '^1.2.0'],
	['*', ''],
	['', ''],
	['1.x || >=2', '1.x || ≥ 2'],
])('%s', (wants, said) => expect(range(wants)).toBe(said));
