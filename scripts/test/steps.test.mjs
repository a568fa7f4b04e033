import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const steps = fileURLToPath(new URL('../lib/steps.mjs', import.meta.url));
const say = fileURLToPath(new URL('../lib/say.mjs', import.meta.url));

/** Runs steps in a process of their own, because what counts is what is printed last and the exit code. */
function run(source) {
	const program = `import { runSteps } from ${JSON.stringify(steps)}; import { Problem } from ${JSON.stringify(say)};
		process.exitCode = await runSteps([${source}]);`;
	const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
		encoding: 'utf8',
	});
	return { last: stdout.trimEnd().split('\n').at(-1), stdout, status };
}

const passing = `{ name: 'good', title: 'Good', run: async () => {} }`;
const failing = `{ name: 'bad', title: 'Bad', run: async () => { throw new Problem('It broke.'); } }`;

test('all passed', () => {
	const { last, status } = run(`${passing}, ${passing}`);
	assert.equal(last, '2 passed, 0 failed');
	assert.equal(status, 0);
});

test('a failure stops the run, is told, and is counted', () => {
	const { last, status, stdout } = run(`${passing}, ${failing}, ${passing}`);
	assert.equal(last, '1 passed, 1 failed, 1 skipped');
	assert.equal(status, 1);
	assert.match(stdout, /It broke\./);
	assert.match(stdout, /npm test -- --only bad/);
});
