import type { Component } from 'svelte';
import type { RouteName } from '../state';
import Browse from './browse/Browse.svelte';
import PluginPage from './plugin/PluginPage.svelte';
import Releases from './releases/Releases.svelte';

/** Which view a route shows. What is not listed is not offered anywhere. */
export const views: Partial<Record<RouteName, Component>> = {
	browse: Browse,
	plugin: PluginPage,
	releases: Releases,
};

/** What a person sees who knows no registry yet. */
export const welcome: Component | null = null;
