import type { Component } from 'svelte';
import type { RouteName } from '../state';
import Activity from './activity/Activity.svelte';
import Browse from './browse/Browse.svelte';
import PluginPage from './plugin/PluginPage.svelte';
import Publish from './publish/Publish.svelte';
import Registries from './registries/Registries.svelte';
import Releases from './releases/Releases.svelte';
import Settings from './settings/Settings.svelte';
import Storage from './storage/Storage.svelte';
import Welcome from './welcome/Welcome.svelte';

/** Which view a route shows. What is not listed is not offered anywhere. */
export const views: Partial<Record<RouteName, Component>> = {
	browse: Browse,
	plugin: PluginPage,
	publish: Publish,
	releases: Releases,
	activity: Activity,
	storage: Storage,
	registries: Registries,
	settings: Settings,
};

/** What a person sees who knows no registry yet. */
export const welcome: Component | null = Welcome;
