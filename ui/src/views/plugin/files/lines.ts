/** The most characters of a line that are shown: bundlers write a whole program into one. */
export const LINE = 2_000;

/** A line of a file. */
export interface Line {
	number: number;
	text: string;
	/** How many characters are left out after it. */
	cut: number;
}

/** A text as lines. CRLF is a line's end where all lines have it; a lone CR is shown as what it is. */
export function lines(text: string): Line[] {
	const all = text.split('\n');
	if (all.at(-1) === '') all.pop();
	const ends = all.slice(0, -1).every((line) => line.endsWith('\r'));
	return all.map((line, i) => {
		const bare = ends && all.length > 1 && line.endsWith('\r') ? line.slice(0, -1) : line;
		const cut = Math.max(0, bare.length - LINE);
		return { number: i + 1, text: cut > 0 ? whole(bare.slice(0, LINE)) : bare, cut };
	});
}

/** Not half of a character of two units. */
function whole(text: string): string {
	const last = text.charCodeAt(text.length - 1);
	return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}
