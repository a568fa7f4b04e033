import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const SRC = resolve(import.meta.dirname, '..');

/** Which rooms a room may look into; every room may look into itself, and for types into what Rust generated. */
const MAY: Record<string, string[]> = {
	generated: [],
	lib: [],
	backend: [],
	parts: ['lib'],
	state: ['backend', 'lib'],
	views: ['state', 'parts', 'lib'],
	'App.svelte': ['views', 'state'],
	'main.ts': ['App.svelte', 'state', 'backend', 'styles'],
};

interface Import {
	from: string;
	to: string;
	typesOnly: boolean;
}

function imports(file: string): Import[] {
	const text = readFileSync(file, 'utf8');
	return [
		...text.matchAll(/(?:import|export)\s+(type\s+)?[^'"();]*?['"]([^'"]+)['"]|import\(['"]([^'"]+)['"]\)/g),
	].map(([, type, named, dynamic]) => ({
		from: relative(SRC, file),
		to: named ?? dynamic ?? '',
		typesOnly: type !== undefined,
	}));
}

const room = (path: string) => path.split(/[\\/]/)[0] ?? '';
const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
	.filter((f) => /\.(ts|svelte)$/.test(f) && !/\.test\.ts$/.test(f) && room(f) !== 'tests')
	.map((f) => join(SRC, f));
const all = sources.flatMap(imports);

test('rooms look only where they may', () => {
	expect(all.length).toBeGreaterThan(200);
	const wrong = all.filter(({ from, to, typesOnly }) => {
		if (!to.startsWith('.')) return false;
		const [here, there] = [room(from), room(relative(SRC, resolve(SRC, dirname(from), to)))];
		if (here === there) return false;
		return !(there === 'generated' && typesOnly) && !MAY[here]?.includes(there);
	});
	expect(wrong).toEqual([]);
});

test('only the backend knows the host', () => {
	const knows = all.filter((i) => i.to.startsWith('@tauri-apps/')).map((i) => room(i.from));
	expect(new Set(knows)).toEqual(new Set(['backend']));
});

test('no file is longer than 400 lines', () => {
	const long = sources
		.filter((f) => readFileSync(f, 'utf8').split('\n').length > 400)
		.map((f) => relative(SRC, f));
	expect(long).toEqual([]);
});
