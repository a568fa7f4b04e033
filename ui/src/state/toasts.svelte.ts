/** How a toast looks and how urgently it is read out. */
export type Tone = 'plain' | 'danger';

/** What happened, for a moment, at the bottom of the window. */
export interface Toast {
	id: number;
	tone: Tone;
	message: string;
	hint?: string;
	/** One thing that can be done about it, such as Undo. */
	action?: { label: string; run: () => void };
}

/** How long a toast stays: longer when something can be done about it. */
const STAYS = { plain: 6_000, action: 12_000 };

/** What happened lately. A toast stays while the pointer or the focus is on it. */
export class Toasts {
	list = $state.raw<Toast[]>([]);
	private last = 0;
	private readonly timers = new Map<number, ReturnType<typeof setTimeout>>();

	show(toast: Omit<Toast, 'id' | 'tone'> & { tone?: Tone }): number {
		this.last += 1;
		const shown: Toast = { tone: 'plain', ...toast, id: this.last };
		// More than three at once are noise.
		for (const old of this.list.slice(0, -2)) this.dismiss(old.id);
		this.list = [...this.list, shown];
		this.leave(shown.id);
		return shown.id;
	}

	dismiss(id: number): void {
		this.stay(id);
		this.list = this.list.filter((t) => t.id !== id);
	}

	/** Keeps a toast for as long as somebody looks at it. */
	stay(id: number): void {
		clearTimeout(this.timers.get(id));
		this.timers.delete(id);
	}

	/** Lets it go after its time. A failure stays until it is dismissed. */
	leave(id: number): void {
		const toast = this.list.find((t) => t.id === id);
		if (toast === undefined || toast.tone === 'danger') return;
		this.stay(id);
		const time = toast.action ? STAYS.action : STAYS.plain;
		this.timers.set(
			id,
			setTimeout(() => this.dismiss(id), time),
		);
	}
}
