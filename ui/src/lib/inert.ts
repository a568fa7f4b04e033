/** Takes everything around an element, up to a root, out of reach of pointer, focus and screen reader. Returns what undoes it. */
export function inertAround(element: Element, root: Element): () => void {
	const silenced: HTMLElement[] = [];
	for (let at = element; at !== root && at.parentElement !== null; at = at.parentElement) {
		for (const sibling of at.parentElement.children) {
			if (sibling === at || !(sibling instanceof HTMLElement) || sibling.inert || 'scrim' in sibling.dataset)
				continue;
			sibling.inert = true;
			silenced.push(sibling);
		}
	}
	return () => {
		for (const element of silenced) element.inert = false;
	};
}
