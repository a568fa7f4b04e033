import { nearest, type PlugPlace, type Socket } from './rail';

const THRESHOLD = 4;
const EDGE = 36;

/** A plug in the hand: how far it is from its place, and over which version. */
export class Drag {
	/** The channel that is dragged; null until the pointer has moved far enough to mean it. */
	channel = $state<string | null>(null);
	offset = $state(0);
	/** The version under the plug, where it can go. */
	over = $state<string | null>(null);
	/** Where the plug was. */
	origin = $state.raw<PlugPlace | null>(null);

	/**
	 * Follows the pointer until it is released. `drop` gets the version, the plug's own when it was put back or nowhere,
	 * or null when it was a click and no drag. Esc puts it back.
	 */
	begin(
		plug: PlugPlace,
		down: PointerEvent & { currentTarget: HTMLElement },
		body: HTMLElement,
		sockets: () => Socket[],
		can: (version: string) => boolean,
		drop: (version: string | null) => void,
	): void {
		if (down.button !== 0) return;
		const handle = down.currentTarget;
		const scroller = body.parentElement;
		const height = (e: PointerEvent) => e.clientY - body.getBoundingClientRect().top;
		const start = height(down);
		let moved = false;
		handle.setPointerCapture(down.pointerId);

		const move = (e: PointerEvent) => {
			moved ||= Math.abs(e.clientY - down.clientY) > THRESHOLD;
			if (!moved) return;
			this.channel = plug.channel;
			this.origin = plug;
			this.offset = height(e) - start;
			const version = nearest(sockets(), plug.y + this.offset)?.release.version ?? null;
			this.over = version !== null && can(version) ? version : null;
			if (scroller) scrollAtEdge(scroller, e.clientY);
		};
		const end = (to: string | null) => {
			handle.removeEventListener('pointermove', move);
			handle.removeEventListener('pointerup', release);
			handle.removeEventListener('pointercancel', giveUp);
			window.removeEventListener('keydown', putBack, true);
			this.channel = null;
			this.origin = null;
			this.over = null;
			this.offset = 0;
			drop(to);
		};
		const release = () => end(moved ? (this.over ?? plug.version) : null);
		const giveUp = () => end(plug.version);
		const putBack = (e: KeyboardEvent) => {
			if (e.key !== 'Escape') return;
			e.preventDefault();
			e.stopPropagation();
			giveUp();
		};
		handle.addEventListener('pointermove', move);
		handle.addEventListener('pointerup', release);
		handle.addEventListener('pointercancel', giveUp);
		window.addEventListener('keydown', putBack, true);
	}
}

function scrollAtEdge(scroller: HTMLElement, y: number): void {
	const box = scroller.getBoundingClientRect();
	if (y < box.top + EDGE) scroller.scrollTop -= 12;
	else if (y > box.bottom - EDGE) scroller.scrollTop += 12;
}
