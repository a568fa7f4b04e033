let pen: CanvasRenderingContext2D | null | undefined;
let family = '';
const known = new Map<string, number>();
const loaded = new Set<string>();

/** Whether a font is there. Until then another one is measured, and what is measured is not kept. */
function there(font: string): boolean {
	if (!loaded.has(font) && document.fonts?.check(font)) loaded.add(font);
	return loaded.has(font);
}

/**
 * How wide a text is in the font of the page, in CSS pixels, without laying out anything: to ask an element lays out the whole page. Digits
 * count as tabular ones. 0 where nothing can be measured.
 */
export function textWidth(text: string, size: number, weight: number): number {
	if (pen === undefined) {
		pen = document.createElement('canvas').getContext('2d');
		family = getComputedStyle(document.body).fontFamily;
	}
	if (pen === null) return 0;
	const font = `${weight} ${size}px ${family}`;
	const measured = text.replace(/\d/g, '0');
	const key = `${font} ${measured}`;
	let width = known.get(key);
	if (width === undefined) {
		pen.font = font;
		({ width } = pen.measureText(measured));
		if (there(font)) known.set(key, width);
		if (known.size > 2_000) known.clear();
	}
	return width;
}

/** The width of each character in a font, by what [`textWidth`] says of it. */
export function advances(size: number, weight: number): (character: string) => number {
	const widths = new Map<string, number>();
	return (character) => {
		let width = widths.get(character);
		if (width === undefined) {
			width = textWidth(character, size, weight);
			if (there(`${weight} ${size}px ${family}`)) widths.set(character, width);
		}
		return width;
	};
}

/** How wide a text is by the widths of its characters: of a text that was never measured before, this is known at once. */
export function sum(text: string, advance: (character: string) => number): number {
	let width = 0;
	for (const character of text) width += advance(character);
	return width;
}

/**
 * As much of a text as fits into so many CSS pixels, with an ellipsis where that is not all. To leave it to `text-overflow` takes longer
 * than everything else in a list: it lays out the whole text, and then again what of it fits. Kerning is left out, which makes a text a
 * pixel or two narrower.
 */
export function fitting(text: string, room: number, advance: (character: string) => number): string {
	const dots = advance('…');
	let used = 0;
	let end = 0;
	/** Where the last character ends behind which an ellipsis fits. */
	let cut = 0;
	for (const character of text) {
		used += advance(character);
		// A stop or a comma before the dots reads as one dot more.
		if (used > room) return `${text.slice(0, cut).replace(/[\s.,;:–—，。、；：-]+$/u, '')}…`;
		end += character.length;
		if (used + dots <= room) cut = end;
	}
	return text;
}
