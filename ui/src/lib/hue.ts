/** A hue in degrees that is always the same for an id (FNV-1a over its code units). */
export function hue(id: string): number {
	let hash = 0x811c9dc5;
	for (let i = 0; i < id.length; i += 1) {
		hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
	}
	return (hash >>> 0) % 360;
}

/** What stands in for a missing icon: the first letter or ideograph of the name. */
export function initial(name: string): string {
	const first = [...name].find((c) => /\p{L}|\p{N}/u.test(c));
	return (first ?? '?').toUpperCase();
}
