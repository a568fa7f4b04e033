import type { Backend } from '../backend';
import { lost, moved, unreachable, wireError } from './errors';
import type { World } from './host';
import { Memory } from './memory';
import { community } from './registries';

const broken = wireError(
	'integrity',
	'document_cut_off',
	'The document of this plugin is cut off after 812 bytes.',
	'Run patchbay doctor, or restore it from history.',
);

/**
 * A world from the address, for development: `?world=empty`, `fresh`, `read-only`, `offline`, `many`,
 * and `?fail=plugin` to let a method fail once, with `&with=lost|moved|offline`. In the console, `memory` is that world.
 */
export function memoryFromAddress(search: string): Memory {
	const query = new URLSearchParams(search);
	const worlds: Record<string, Partial<World>> = {
		empty: { plugins: 0 },
		fresh: { registries: [] },
		'read-only': { registries: [{ ...community, is_default: true }] },
		offline: { offline: true },
		many: { plugins: 6_858 },
	};
	const memory = new Memory({
		latency: Number(query.get('latency') ?? 120),
		phase: Number(query.get('phase') ?? 1_200),
		plugins: 40,
		...worlds[query.get('world') ?? ''],
		settings: {
			theme: (query.get('theme') ?? 'system') as World['settings']['theme'],
			language: (query.get('lang') ?? 'system') as World['settings']['language'],
			actor: 'mei',
		},
	});
	Object.assign(globalThis, { memory });
	const errors = { lost, moved: moved('stable', '3.1.2', 'mei'), offline: unreachable, broken };
	const method = query.get('fail');
	if (method !== null) {
		const error = errors[(query.get('with') ?? 'broken') as keyof typeof errors];
		for (let i = 0; i < Number(query.get('times') ?? 1); i += 1)
			memory.failNext(method as keyof Backend, error);
	}
	return memory;
}
