/** What the views know. */
export { toWireError } from '../backend';
export { App, type Dialog } from './app.svelte';
export { ROW } from './browse.svelte';
export { Change, MAX_REASON, type Mode, type Wish } from './change.svelte';
export { Comparison, pathOf } from './compare.svelte';
export { Connect, ConnectionTest, type Fault, KeyPair, RegistryForm, TEST_STEPS } from './connect.svelte';
export { appContext, provideApp, useApp } from './context';
export { Managed } from './managed.svelte';
export { type Base, Past } from './past.svelte';
export { Plugin, type Readme } from './plugin.svelte';
export { Publishing, STEPS, type Standing, type Step } from './publish.svelte';
export { Reading } from './reading.svelte';
export { type PluginTab, parse, type Route, type RouteName, TABS, write } from './route.svelte';
export { Storage } from './storage.svelte';
export type { Toast, Tone } from './toasts.svelte';
