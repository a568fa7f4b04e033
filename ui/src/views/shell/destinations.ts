import Activity from '@lucide/svelte/icons/activity';
import GitBranch from '@lucide/svelte/icons/git-branch';
import HardDrive from '@lucide/svelte/icons/hard-drive';
import Library from '@lucide/svelte/icons/library';
import Search from '@lucide/svelte/icons/search';
import Settings from '@lucide/svelte/icons/settings';
import Upload from '@lucide/svelte/icons/upload';
import type { Component } from 'svelte';
import type { App, Route } from '../../state';

/** A place that the sidebar and the palette lead to. */
export interface Destination {
	name: 'browse' | 'publish' | 'releases' | 'activity' | 'storage' | 'registries' | 'settings';
	icon: Component<{ size?: number; strokeWidth?: number }>;
	group: 'top' | 'author' | 'registry';
	route: Route;
}

const ALL: Destination[] = [
	{ name: 'browse', icon: Search, group: 'top', route: { name: 'browse' } },
	{ name: 'publish', icon: Upload, group: 'author', route: { name: 'publish', path: null } },
	{ name: 'releases', icon: GitBranch, group: 'author', route: { name: 'releases' } },
	{ name: 'activity', icon: Activity, group: 'registry', route: { name: 'activity' } },
	{ name: 'storage', icon: HardDrive, group: 'registry', route: { name: 'storage' } },
	{ name: 'registries', icon: Library, group: 'registry', route: { name: 'registries' } },
	{ name: 'settings', icon: Settings, group: 'registry', route: { name: 'settings' } },
];

/** Where this person can go: what they may not do is not shown, nor what does not exist. */
export function destinations(app: App): Destination[] {
	return ALL.filter((d) => app.offers.has(d.name) && (d.group !== 'author' || app.registries.canWrite));
}
