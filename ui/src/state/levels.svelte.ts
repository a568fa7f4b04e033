/** What Esc closes. It answers false when it had nothing to close. */
type Close = () => boolean | undefined;

/** How deep a level lies: a change lies over the sheet, the sheet over the page. */
export type Depth = 'page' | 'sheet' | 'change';

const ORDER: Depth[] = ['change', 'sheet', 'page'];

/** The levels that are open one over the other. Dialogs and menus close themselves before this is asked. */
export class Levels {
	private stack: { depth: Depth; close: Close }[] = [];

	/** Adds a level. Returns what takes it away. */
	add(close: Close, depth: Depth = 'page'): () => void {
		const level = { depth, close };
		this.stack.push(level);
		return () => {
			this.stack = this.stack.filter((other) => other !== level);
		};
	}

	/** Closes the innermost one. True when there was something to close. */
	closeOne(): boolean {
		return ORDER.some((depth) =>
			this.stack.some((level) => level.depth === depth && level.close() !== false),
		);
	}
}
