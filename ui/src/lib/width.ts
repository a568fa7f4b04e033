let pen: CanvasRenderingContext2D | null | undefined;
let family = '';
const known = new Map<string, number>();

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
		// Until the font is there, another one is measured.
		if (document.fonts.check(font)) known.set(key, width);
		if (known.size > 2_000) known.clear();
	}
	return width;
}
