// node scripts/ranges.mjs [FOLDER]: writes the ranges that real npm packages name for their hosts (`engines` and `peerDependencies`), and
// what node's own semver says of each, for crates/package/tests/ranges.rs. The packages are the plugins below with all that they depend
// on, which npm installs into FOLDER (a temporary folder otherwise) without running anything of theirs, and what is installed here.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at } from './lib/places.mjs';
import { run } from './lib/run.mjs';
import { main, say } from './lib/say.mjs';

const require = createRequire(import.meta.url);
const semver = require('semver');
const OUTPUT = at('crates/package/tests/ranges/npm.json');

/** Plugins of many hosts, as people have them. */
const PLUGINS = [
	'node-red',
	'node-red-dashboard',
	'node-red-contrib-moment',
	'node-red-contrib-home-assistant-websocket',
	'node-red-contrib-telegrambot',
	'node-red-contrib-influxdb',
	'node-red-contrib-cron-plus',
	'node-red-contrib-web-worldmap',
	'node-red-contrib-uibuilder',
	'node-red-contrib-aedes',
	'node-red-contrib-sun-position',
	'node-red-contrib-ui-led',
	'node-red-contrib-redis',
	'node-red-contrib-oauth2',
	'node-red-node-email',
	'node-red-node-feedparser',
	'node-red-node-ping',
	'node-red-node-random',
	'homebridge',
	'homebridge-config-ui-x',
	'homebridge-lib',
	'homebridge-camera-ffmpeg',
	'homebridge-lgwebos-tv',
	'homebridge-dummy',
	'homebridge-mqtt-unifi-protect',
	'eslint-plugin-react-hooks',
	'eslint-plugin-import',
	'eslint-plugin-react',
	'eslint-plugin-jsx-a11y',
	'eslint-plugin-prettier',
	'eslint-plugin-jest',
	'eslint-plugin-testing-library',
	'eslint-plugin-storybook',
	'eslint-plugin-promise',
	'eslint-plugin-unicorn',
	'eslint-plugin-n',
	'eslint-plugin-es',
	'eslint-plugin-vue',
	'eslint-plugin-jsdoc',
	'eslint-plugin-flowtype',
	'eslint-plugin-es-x',
	'eslint-plugin-cypress',
	'eslint-plugin-node',
	'eslint-plugin-playwright',
	'eslint-plugin-import-x',
	'eslint-plugin-sonarjs',
	'eslint-plugin-security',
	'eslint-plugin-mocha',
	'eslint-plugin-turbo',
	'eslint-plugin-perfectionist',
	'eslint-plugin-tailwindcss',
	'eslint-plugin-regexp',
	'eslint-plugin-jsonc',
	'eslint-plugin-compat',
	'eslint-plugin-svelte',
	'eslint-plugin-vitest',
	'@vscode/vsce',
	'yo',
	'generator-code',
	'hexo',
	'hexo-admin',
	'stylelint',
	'prettier-plugin-tailwindcss',
	'rollup-plugin-visualizer',
	'vite-plugin-pwa',
	'webpack-bundle-analyzer',
	'html-webpack-plugin',
	'gatsby-plugin-image',
	'hubot',
	'fastify-plugin',
	'@fastify/static',
];

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

await main(async ([folder]) => {
	const temporary = folder ?? mkdtempSync(join(tmpdir(), 'patchbay-ranges-'));
	if (!existsSync(join(temporary, 'node_modules'))) {
		writeFileSync(join(temporary, 'package.json'), '{"private":true}');
		const quiet = ['--no-audit', '--no-fund', '--omit=optional', '--legacy-peer-deps', '--ignore-scripts'];
		await run('npm', ['install', ...quiet, ...PLUGINS], { cwd: temporary });
	}
	const { packages, ranges } = collect(temporary);
	if (!folder) rmSync(temporary, { recursive: true });
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

function collect(plugins) {
	const ranges = new Set();
	const packages = new Set();
	const visit = (folder) => {
		for (const entry of readdirSync(folder, { withFileTypes: true })) {
			if (!entry.isDirectory()) continue;
			const path = join(folder, entry.name);
			if (entry.name.startsWith('@')) visit(path);
			const file = join(path, 'package.json');
			if (existsSync(file)) {
				const { name, version, engines, peerDependencies } = JSON.parse(readFileSync(file, 'utf8'));
				packages.add(`${name}@${version}`);
				for (const range of [...Object.values(engines ?? {}), ...Object.values(peerDependencies ?? {})])
					if (typeof range === 'string') ranges.add(range);
			}
			if (existsSync(join(path, 'node_modules'))) visit(join(path, 'node_modules'));
		}
	};
	for (const folder of [at('.'), plugins]) visit(join(folder, 'node_modules'));
	return { packages: packages.size, ranges: [...ranges].filter((range) => !range.startsWith('workspace:')) };
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
