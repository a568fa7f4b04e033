const KEY = 'patchbay.inspector';
const MIN = 320;
const MAX = 380;

/** Sizes that the person chose and that the window's width decides. */
export class Layout {
	/** Width of the inspector in CSS pixels. */
	inspector = $state(MIN);
	/** Below 900 pixels the inspector is a sheet over the content. */
	sheet = $state(false);
	/** Below 640 the sidebar shows icons only. */
	icons = $state(false);
	/** Whether the sheet is open; the inspector itself always is. */
	sheetOpen = $state(false);

	readonly limits = { min: MIN, max: MAX };

	constructor(private readonly window: Window) {
		const remembered = Number(read(window, KEY));
		if (remembered >= MIN && remembered <= MAX) this.inspector = remembered;
	}

	/** Follows the window's width. Returns what ends it. */
	follow(): () => void {
		const stops = [
			watch(this.window, '(max-width: 899px)', (matches) => {
				this.sheet = matches;
				if (!matches) this.sheetOpen = false;
			}),
			watch(this.window, '(max-width: 639px)', (matches) => {
				this.icons = matches;
			}),
		];
		return () => {
			for (const stop of stops) stop();
		};
	}

	/** True when it was open. */
	closeSheet(): boolean {
		const was = this.sheetOpen;
		this.sheetOpen = false;
		return was;
	}

	resize(width: number): void {
		this.inspector = Math.round(Math.min(MAX, Math.max(MIN, width)));
		write(this.window, KEY, String(this.inspector));
	}
}

function watch(window: Window, query: string, tell: (matches: boolean) => void): () => void {
	if (typeof window.matchMedia !== 'function') return () => {};
	const list = window.matchMedia(query);
	const update = () => tell(list.matches);
	update();
	list.addEventListener('change', update);
	return () => list.removeEventListener('change', update);
}

/** Storage can be denied; then nothing is remembered, and nothing else happens. */
function read(window: Window, key: string): string | null {
	try {
		return window.localStorage.getItem(key);
	} catch {
		return null;
	}
}

function write(window: Window, key: string, value: string): void {
	try {
		window.localStorage.setItem(key, value);
	} catch {
		// See `read`.
	}
}
