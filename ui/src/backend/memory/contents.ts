import type { FilesView } from '../../generated/FilesView';
import type { PackedFileView } from '../../generated/PackedFileView';
import type { PluginView } from '../../generated/PluginView';
import { notFound, wireError } from './errors';
import { digest } from './registry';

/** Where a file's text is no text. */
export const BINARY = '\u0000';

/** A version's files: path → text. Made from the version and how many came before it, so that versions differ as real ones do. */
export function contents(view: PluginView, version: string): Map<string, string> {
	const order = view.releases.map((release) => release.version).reverse();
	const rank = order.indexOf(version);
	const release = view.releases.find((one) => one.version === version);
	if (release === undefined)
		throw wireError('not_found', 'no_version', `There is no version ${version}.`, undefined, { version });
	const manifest = {
		id: view.card.id,
		version,
		name: view.card.name,
		hosts: release.hosts,
		permissions: rank > 2 ? ['files', 'network'] : ['files'],
		main: 'dist/main.js',
	};
	const code = Array.from({ length: 90 }, (_, i) => `\tstep(${i}, ${i % 30 === 7 ? rank : 0});`);
	if (rank > 0) code.splice(60, 0, `\tround(entries, ${rank});`, '\tcheck(entries);');
	const files: [string, string][] = [
		[
			'CHANGELOG.md',
			`# Changes\n\n${order
				.slice(0, rank + 1)
				.reverse()
				.map((v) => `## ${v}\n\n- Better than before\n`)
				.join('\n')}`,
		],
		['README.md', `# ${view.card.name}\n\n${view.card.description}\n`],
		['assets/icon.png', `${BINARY}PNG ${rank > 1 ? 'new' : 'old'}`],
		['dist/main.js', `export function main(entries) {\n${code.join('\n')}\n}\n`],
		['dist/vendor.min.js', `!function(){${'var a=1;'.repeat(400)}return ${rank}}();`],
		['empty.txt', ''],
		['patchbay.json', `${JSON.stringify(manifest, null, '\t')}\n`],
		[rank > 1 ? 'styles/main.css' : 'dist/main.css', 'body {\n\tmargin: 0;\n}\n'],
	];
	// Code that reads as something else (CVE-2021-42574).
	if (rank > 2)
		files.push([
			'dist/level.js',
			"if (level != 'user\u202e \u2066// admin\u2069 \u2066') {\n\tallow();\n}\n",
		]);
	return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A file as its list tells of it. */
export function packed(path: string, text: string): PackedFileView {
	const size = new TextEncoder().encode(text).length;
	return { path, size, packed: Math.ceil(size * 0.4), mode: '0644', sha256: digest(text) };
}

/** The list of a version's files. */
export function listed(view: PluginView, version: string): FilesView {
	const files = [...contents(view, version)].map(([path, text]) => packed(path, text));
	const release = view.releases.find((one) => one.version === version);
	return {
		id: view.card.id,
		version,
		platform: 'any',
		platforms: ['any'],
		sha256: release?.artifacts[0]?.sha256 ?? '',
		size: release?.artifacts[0]?.size ?? 0,
		unpacked_size: files.reduce((sum, file) => sum + file.size, 0),
		files,
	};
}

/** One file of a version, with its text. */
export function fileOf(view: PluginView, version: string, path: string): [PackedFileView, string] {
	const text = contents(view, version).get(path);
	if (text === undefined) throw notFound(`file ${path}`);
	return [packed(path, text), text];
}
