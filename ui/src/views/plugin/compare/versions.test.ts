import { expect, test } from 'vitest';
import type { PluginView } from '../../../generated/PluginView';
import { pair } from './versions';

const view = (shown: string, ...versions: string[]) =>
	({ card: { version: shown }, releases: versions.map((version) => ({ version })) }) as unknown as PluginView;

test('the shown version with the one before it, unless others are named', () => {
	const three = view('2.0.0', '3.0.0', '2.0.0', '1.0.0');
	expect(pair(three, null, null)).toEqual({ old: '1.0.0', next: '2.0.0' });
	expect(pair(three, null, '3.0.0')).toEqual({ old: '2.0.0', next: '3.0.0' });
	expect(pair(three, '3.0.0', '1.0.0')).toEqual({ old: '3.0.0', next: '1.0.0' });
	expect(pair(three, '9.9.9', 'nonsense')).toEqual({ old: '1.0.0', next: '2.0.0' });
	expect(pair(three, null, '1.0.0')).toEqual({ old: '3.0.0', next: '1.0.0' });
	expect(pair(three, '2.0.0', '2.0.0')).toEqual({ old: '2.0.0', next: '2.0.0' });
	expect(pair(view('1.0.0', '1.0.0'), null, null)).toBeNull();
});
