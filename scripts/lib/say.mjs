// What a script says to whoever runs it.

const coloured = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code) => (text) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text);

export const bold = paint(1);
export const red = paint(31);
export const green = paint(32);
export const dim = paint(2);

export const say = (text = '') => process.stdout.write(`${text}\n`);
export const heading = (text) => say(`\n${bold(`== ${text}`)}`);

/** `1:02 min` or `3.4 s`. */
export function duration(milliseconds) {
	const seconds = milliseconds / 1000;
	if (seconds < 60) return `${seconds.toFixed(1)} s`;
	return `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, '0')} min`;
}

/** A failure that a person can act on: `main` prints it without a stack. */
export class Problem extends Error {}

/** Runs a script's main function. A `Problem` is a sentence; anything else is a fault in the script and keeps its stack. */
export async function main(run) {
	try {
		process.exitCode = (await run(process.argv.slice(2))) ?? 0;
	} catch (error) {
		process.stderr.write(`\n${error instanceof Problem ? error.message : error.stack}\n`);
		process.exitCode = 1;
	}
}
