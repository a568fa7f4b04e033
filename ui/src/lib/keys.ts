/** True on a Mac, where ⌘ does what Ctrl does elsewhere. */
export const isMac = typeof navigator !== 'undefined' && /Mac/.test(navigator.platform);

/** The name of the key that goes with shortcuts, as it is printed on the keyboard. */
export const modifier = isMac ? '⌘' : 'Ctrl';

/** True while an input method composes a character: then a key belongs to it and never to a shortcut. */
export function composing(event: KeyboardEvent): boolean {
	// Safari and WebKitGTK report the key that ends a composition with 229 and isComposing already false.
	return event.isComposing || event.keyCode === 229;
}

/** True when the person is typing into a field, where letters are letters. */
export function typing(event: KeyboardEvent): boolean {
	const target = event.target;
	if (!(target instanceof HTMLElement)) return false;
	return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** True for Ctrl or ⌘ and one more key, without any other modifier. */
export function withModifier(event: KeyboardEvent, key: string): boolean {
	const held = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
	return held && !event.altKey && !event.shiftKey && event.key.toLowerCase() === key;
}

/** True for a key alone; Shift is allowed because `?` needs it on most keyboards. */
export function plain(event: KeyboardEvent, key: string): boolean {
	return !event.ctrlKey && !event.metaKey && !event.altKey && event.key === key;
}
