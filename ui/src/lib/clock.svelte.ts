/** The time by which people's dates are said. It moves in steps, so that "1 minute ago" stays true. */
class Clock {
	/** Milliseconds since the epoch. */
	now = $state(Date.now());

	/** Starts to move. Returns what stops it. */
	start(step = 15_000): () => void {
		const timer = setInterval(() => {
			this.now = Date.now();
		}, step);
		return () => clearInterval(timer);
	}

	/** Sets the time at once, after something happened just now. */
	touch(): void {
		this.now = Date.now();
	}
}

/** The one clock. */
export const clock = new Clock();
