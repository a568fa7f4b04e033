/** What Esc closes, innermost last. A level answers false when it had nothing to close. */
type Close = () => boolean | undefined;

/** The levels that are open one over the other. Dialogs and menus close themselves before this is asked. */
export class Levels {
	private readonly stack: Close[] = [];

	/** Adds a level. Returns what takes it away. */
	add(close: Close): () => void {
		this.stack.push(close);
		return () => {
			const at = this.stack.lastIndexOf(close);
			if (at >= 0) this.stack.splice(at, 1);
		};
	}

	/** Closes the innermost one. True when there was something to close. */
	closeOne(): boolean {
		return this.stack.toReversed().some((close) => close() !== false);
	}
}
