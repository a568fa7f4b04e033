// A list of steps, run in order, with a summary at the end.

import { bold, dim, duration, green, heading, Problem, red, say } from './say.mjs';

/**
 * Runs steps `{name, title, run, needs?}` one after another and stops at the first that fails: what comes after it would only say the
 * same again, later. The last line is `N passed, N failed`, with what was not run counted as skipped.
 */
export async function runSteps(steps) {
	const results = [];
	for (const step of steps) {
		heading(step.title);
		const began = performance.now();
		try {
			await step.run();
			results.push({ step, passed: true, time: performance.now() - began });
			say(dim(`-- ${step.name}: ${duration(performance.now() - began)}`));
		} catch (error) {
			results.push({ step, passed: false, time: performance.now() - began });
			say(`\n${error instanceof Problem ? error.message : error.stack}`);
			break;
		}
	}
	return summary(steps, results);
}

function summary(steps, results) {
	heading('Summary');
	const width = Math.max(...steps.map(({ name }) => name.length));
	for (const { step, passed, time } of results) {
		say(`${passed ? green('passed') : red('failed')}  ${step.name.padEnd(width)}  ${duration(time)}`);
	}
	const skipped = steps.slice(results.length);
	for (const { name } of skipped) say(`${dim('not run')} ${name}`);
	const passed = results.filter((result) => result.passed).length;
	const failed = results.length - passed;
	if (failed > 0) say(bold(`\nTo run the failed step alone: npm test -- --only ${results.at(-1).step.name}`));
	say(`\n${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`);
	return failed > 0 ? 1 : 0;
}
