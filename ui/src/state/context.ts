import { getContext, setContext } from 'svelte';
import type { App } from './app.svelte';

const KEY = Symbol('app');

/** Gives the app to every component below. */
export function provideApp(app: App): void {
	setContext(KEY, app);
}

/** The app that a component lives in. */
export function useApp(): App {
	return getContext<App>(KEY);
}

/** The context map for rendering one component alone, in a test. */
export function appContext(app: App): Map<symbol, App> {
	return new Map([[KEY, app]]);
}
