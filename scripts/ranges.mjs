// node scripts/ranges.mjs: writes the ranges that real npm packages name for their hosts (`engines` and `peerDependencies` of everything
// that is installed here), and what node's own semver says of each, for crates/package/tests/ranges.rs.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { at } from './lib/places.mjs';
import { main, say } from './lib/say.mjs';

const require = createRequire(import.meta.url);
const semver = require('semver');
const OUTPUT = at('crates/package/tests/ranges/npm.json');

/** What no package here happens to write, and npm reads in its own way. */
const ODD = [
	'',
	'*',
	'x',
	'1',
	'1.2',
	'1.x',
	'1.2.x',
	'1.2.*',
	'=1.2',
	'v1.2.3',
	'=v1.2.3',
	'>1',
	'>1.2',
	'<=1',
	'<=1.2',
	'<1.2',
	'>=1.x',
	'^0',
	'^0.0',
	'^0.0.3',
	'^0.2.3',
	'^0.2.3-beta.2',
	'^1.2.3-beta.2',
	'^0.x',
	'^x',
	'~1',
	'~1.2',
	'~1.2.3',
	'~1.2.3-beta.2',
	'~> 1.2',
	'~>1.2.3',
	'~0',
	'~x',
	'1.2 - 1.4',
	'1.2.3 - 2',
	'1.2.3 - 2.3.4-beta',
	'1.2.3-alpha - 2',
	'* - 2',
	'1 - *',
	'>= 1.2.3 < 2',
	'> 1.2.3   <=  1.4',
	'1.2.3 || >=2 <3',
	'1.2.3||2.x',
	'|| 2',
	'<0.0.0-0',
	'>x',
	'<*',
	'>=*',
	'<=x',
	'1.2.3+build',
	'>=1.2.3+build',
	'1.x.3',
	'1.x.x-beta',
	'01.2.3',
	'1.02',
	'1.2.3.4',
	'latest',
	'>=1.2.3, <2',
	'=>1.2',
	'1.2-beta',
	'>=1.2.3-beta.2',
	'>=2.0.0-rc.1 <2.0.0',
	'<2.0.0-beta.2',
	'<=2.0.0-beta.2',
	'>1.2.3-beta.1',
	'^',
	'>=',
	'~',
	'1.2.3 -',
	'- 1.2.3',
	'1.2.3-',
	'9007199254740991',
	'9007199254740992.0.0',
	'>=0.0.0',
	'>=0.0.0-0',
	'*.1',
	'1.*.2',
	'^1.2.3 ^1.4',
	'>1.2 <1.3',
	'>=1.4 <1.2',
	'X.X.X',
	'^=1.2',
	'>==1.2',
	'>=v1.2',
];

/** What somebody filters by. */
const PAIRS = [
	'>=1.4.0',
	'>=18.0.0',
	'1.2.3',
	'20.19.0',
	'^8.0.0',
	'<1.0.0',
	'>=4.0.0 <6.0.0',
	'>=1.0.0-beta.1 <1.0.0',
	'*',
];

await main(async () => {
	const { packages, ranges } = collect();
	const all = [...new Set([...ranges, ...ODD])].sort();
	const versions = probes(all);
	const says = (range) => {
		if (semver.validRange(range) === null) return null;
		const which = (options) =>
			versions.map((v) => (semver.satisfies(v, range, options) ? '1' : '0')).join('');
		const meets = PAIRS.map((pair) =>
			semver.intersects(range, pair, { includePrerelease: true }) ? '1' : '0',
		).join('');
		return { matches: which({}), allows: which({ includePrerelease: true }), meets };
	};
	const lines = all.map((range) => JSON.stringify([range, says(range)]));
	const head = [
		JSON.stringify({ semver: require('semver/package.json').version, packages, ranges: ranges.length }),
		JSON.stringify(versions),
		JSON.stringify(PAIRS),
	];
	writeFileSync(OUTPUT, `[${head.join(',\n')},\n[\n${lines.join(',\n')}\n]]\n`);
	say(`${all.length} ranges of ${packages} packages, ${versions.length} versions`);
});

function collect() {
	const ranges = new Set();
	let packages = 0;
	const visit = (folder) => {
		for (const entry of readdirSync(folder, { withFileTypes: true })) {
			if (!entry.isDirectory()) continue;
			const path = join(folder, entry.name);
			if (entry.name.startsWith('@')) visit(path);
			const file = join(path, 'package.json');
			if (existsSync(file)) {
				packages += 1;
				const { engines, peerDependencies } = JSON.parse(readFileSync(file, 'utf8'));
				for (const range of [...Object.values(engines ?? {}), ...Object.values(peerDependencies ?? {})])
					ranges.add(range);
			}
			if (existsSync(join(path, 'node_modules'))) visit(join(path, 'node_modules'));
		}
	};
	visit(at('node_modules'));
	return { packages, ranges: [...ranges].filter((range) => !range.startsWith('workspace:')) };
}

/** Versions around every number that a range names, and pre-releases of them. */
function probes(ranges) {
	const found = new Set([
		'0.0.0',
		'0.0.3',
		'0.0.4',
		'0.2.3',
		'0.2.4',
		'1.0.0',
		'1.0.0-beta.1',
		'2.0.0-beta.1',
		'99.0.0',
		'1.2.3+other',
	]);
	for (const range of ranges
		.filter((_, i) => i % 3 === 0 || i < 4)
		.join(' ')
		.matchAll(/(\d{1,3})(?:\.(\d{1,3}))?(?:\.(\d{1,3}))?/g)) {
		const [major, minor, patch] = [range[1], range[2] ?? '0', range[3] ?? '0'].map(Number);
		for (const version of [`${major}.${minor}.${patch}`, `${major}.${minor}.${patch}-beta.2`])
			found.add(version);
		if (found.size > 120) break;
	}
	for (const version of [
		'1.2.2',
		'1.2.3',
		'1.2.3-beta.1',
		'1.2.3-beta.2',
		'1.2.3-rc.1',
		'1.2.4-alpha',
		'1.3.0',
		'1.3.0-0',
		'1.4.0',
		'1.4.1',
		'1.9.9',
		'2.0.0',
		'2.0.0-0',
		'2.0.0-beta.2',
		'2.0.0-rc.1',
		'2.3.4',
		'2.3.4-beta',
		'3.0.0',
		'9007199254740991.0.0',
	])
		found.add(version);
	return [...found].filter((version) => semver.valid(version) !== null).sort(semver.compareBuild);
}
