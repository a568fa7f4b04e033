import Keyboard from '@lucide/svelte/icons/keyboard';
import Languages from '@lucide/svelte/icons/languages';
import Library from '@lucide/svelte/icons/library';
import Moon from '@lucide/svelte/icons/moon';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import Search from '@lucide/svelte/icons/search';
import Sun from '@lucide/svelte/icons/sun';
import SunMoon from '@lucide/svelte/icons/sun-moon';
import type { Component } from 'svelte';
import type { PluginCard } from '../../generated/PluginCard';
import { modifier } from '../../lib/keys';
import { language, m } from '../../lib/messages';
import type { App } from '../../state';
import type { Destination } from './destinations';

/** Something that the palette can do. */
export interface Command {
	id: string;
	group: 'go' | 'actions';
	label: string;
	/** More words under which it is found. */
	alias?: string;
	icon?: Component<{ size?: number }>;
	keys?: string[];
	run: () => void;
}

/** Every command that makes sense now. */
export function commands(app: App, places: Destination[]): Command[] {
	const words = m().shell.palette;
	const themes = [
		['light', Sun],
		['dark', Moon],
		['system', SunMoon],
	] as const;
	return [
		...places.map((place) => ({
			id: `go:${place.name}`,
			group: 'go' as const,
			label: m().shell[place.name],
			alias: place.name,
			icon: place.icon,
			run: () => app.route.go(place.route),
		})),
		{
			id: 'search',
			group: 'actions',
			label: words.search,
			icon: Search,
			keys: ['/'],
			run: () => {
				app.route.go({ name: 'browse' });
				app.browse.focusSearch();
			},
		},
		{
			id: 'sync',
			group: 'actions',
			label: words.sync,
			icon: RefreshCw,
			keys: [modifier, 'R'],
			run: () => void app.sync.now(),
		},
		...app.registries.list
			.filter((r) => r.name !== app.registries.name)
			.map((r) => ({
				id: `registry:${r.name}`,
				group: 'actions' as const,
				label: words.useRegistry(r.name),
				icon: Library,
				run: () => void app.useRegistry(r.name),
			})),
		...themes
			.filter(([theme]) => theme !== app.settings.theme)
			.map(([theme, icon]) => ({
				id: `theme:${theme}`,
				group: 'actions' as const,
				label: words.theme[theme],
				alias: `theme ${theme}`,
				icon,
				run: () => void app.saveSettings({ theme }),
			})),
		...(['en', 'zh-CN'] as const)
			.filter((tongue) => tongue !== language())
			.map((tongue) => ({
				id: `language:${tongue}`,
				group: 'actions' as const,
				label: words.language[tongue],
				alias: 'language 语言',
				icon: Languages,
				run: () => void app.saveSettings({ language: tongue }),
			})),
		{
			id: 'keys',
			group: 'actions',
			label: words.showKeys,
			icon: Keyboard,
			keys: ['?'],
			run: () => {
				app.dialog = 'keys';
			},
		},
	];
}

/** A line of the palette: a command, or a plugin to open. */
export interface Entry extends Omit<Command, 'group' | 'alias'> {
	group: 'go' | 'actions' | 'plugins';
	card?: PluginCard;
}

/** What a query finds: commands by their words, then the plugins that the registry's search found. */
export function entries(app: App, all: Command[], query: string): Entry[] {
	const needle = query.trim().toLowerCase();
	const found = all.filter((c) => `${c.label} ${c.alias ?? ''}`.toLowerCase().includes(needle));
	return [
		...found.filter((c) => c.group === 'go'),
		...found.filter((c) => c.group === 'actions'),
		...app.quick.rows.map((card) => ({
			id: `plugin:${card.id}`,
			group: 'plugins' as const,
			label: card.name,
			card,
			run: () => app.route.openPlugin(card.id),
		})),
	];
}
