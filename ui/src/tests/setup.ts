import { afterEach, beforeEach, vi } from 'vitest';
import { clock } from '../lib/clock.svelte';
import { speak } from '../lib/messages';

/** The time at which tests play: dates in them stay what they are. */
export const NOW = Date.parse('2026-11-23T12:00:00Z');

/** What jsdom lacks because it lays nothing out: a virtual list gets a window of 640 pixels with rows of 64. */
class Sized implements ResizeObserver {
	constructor(private readonly tell: ResizeObserverCallback) {}

	observe(target: Element): void {
		const height = /^(listbox|tree|region)$/.test(target.getAttribute('role') ?? '') ? 640 : 64;
		const contentRect = { width: 700, height, top: 0, left: 0, bottom: height, right: 700, x: 0, y: 0 };
		const entry = { target, contentRect } as unknown as ResizeObserverEntry;
		queueMicrotask(() => this.tell([entry], this));
	}

	unobserve(): void {}
	disconnect(): void {}
}

globalThis.ResizeObserver = Sized;
Object.defineProperty(HTMLElement.prototype, 'offsetParent', {
	get(this: HTMLElement) {
		return this.parentElement;
	},
});
HTMLCanvasElement.prototype.getContext = () => null;
Element.prototype.scrollTo = () => {};
Element.prototype.scrollIntoView = () => {};
Element.prototype.setPointerCapture = () => {};
Element.prototype.hasPointerCapture = () => false;
Element.prototype.releasePointerCapture = () => {};
Element.prototype.animate = () => ({ cancel() {}, finished: Promise.resolve() }) as unknown as Animation;

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['Date'], now: NOW });
	clock.touch();
	speak('en');
	window.history.replaceState(null, '', '#/browse');
	window.localStorage.clear();
});

afterEach(() => {
	vi.useRealTimers();
	document.body.replaceChildren();
});
