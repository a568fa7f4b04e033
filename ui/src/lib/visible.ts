/** A piece of a text as it is shown. */
export interface Piece {
	text: string;
	/** It stands for a character that cannot be seen, or that turns text around; `text` is its name. */
	hidden: boolean;
	/** It is part of what differs. */
	marked: boolean;
}

/**
 * What a reader would not see, and a compiler would: control characters, the ones that reorder what stands around them
 * ("Trojan Source", CVE-2021-42574), spaces without width, and tags. A tab is a tab.
 */
const HIDDEN =
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
	/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/u;

/** A text with what is hidden in it spelled out, cut where `marks` begin and end; those are in code points. */
export function pieces(text: string, marks: readonly (readonly [number, number])[] = []): Piece[] {
	// Almost every line: nothing hidden, nothing marked.
	if (marks.length === 0 && !HIDDEN.test(text)) return [{ text, hidden: false, marked: false }];
	const all: Piece[] = [];
	let at = 0;
	for (const character of text) {
		const marked = marks.some(([from, to]) => from <= at && at < to);
		const hidden = HIDDEN.test(character);
		const last = all.at(-1);
		if (hidden) all.push({ text: name(character), hidden, marked });
		else if (last && !last.hidden && last.marked === marked) last.text += character;
		else all.push({ text: character, hidden, marked });
		at += 1;
	}
	return all;
}

/** The same as one text, for a name or a title. */
export function spelled(text: string): string {
	return HIDDEN.test(text)
		? pieces(text)
				.map((piece) => (piece.hidden ? `<${piece.text}>` : piece.text))
				.join('')
		: text;
}

function name(character: string): string {
	if (character === '\r') return 'CR';
	return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
