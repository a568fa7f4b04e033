/** The tabs of a plugin's page. */
export type PluginTab = 'overview' | 'versions' | 'compare' | 'files' | 'history';

/** Where the person is. */
export type Route =
	| { name: 'browse' }
	| {
			name: 'plugin';
			id: string;
			tab: PluginTab;
			version: string | null;
			/** The version that `version` is compared with. */
			base?: string | null;
			/** The file that is looked at. */
			file?: string | null;
			/** The revision that is looked at. */
			at?: number | null;
			from: 'browse' | 'releases';
	  }
	| { name: 'publish'; path: string | null }
	| { name: 'releases' }
	| { name: 'activity' }
	| { name: 'storage' }
	| { name: 'registries' }
	| { name: 'settings' };

/** The names of all views that a route can lead to. */
export type RouteName = Route['name'];

/** The tabs, in order. */
export const TABS: PluginTab[] = ['overview', 'versions', 'compare', 'files', 'history'];

/** The current route, mirrored in the address's fragment so that back, forward and reload work as everywhere. */
export class Router {
	current = $state.raw<Route>({ name: 'browse' });

	constructor(private readonly window: Window) {
		this.current = parse(window.location.hash);
	}

	/** Follows back and forward. Returns what ends it. */
	follow(): () => void {
		const update = () => {
			this.current = parse(this.window.location.hash);
		};
		this.window.addEventListener('popstate', update);
		return () => this.window.removeEventListener('popstate', update);
	}

	go(route: Route): void {
		if (write(route) === write(this.current)) return;
		this.window.history.pushState(null, '', write(route));
		this.current = route;
	}

	/** Changes where we are without a step to come back to: another tab, another version. */
	replace(route: Route): void {
		this.window.history.replaceState(null, '', write(route));
		this.current = route;
	}

	openPlugin(id: string, tab: PluginTab = 'overview', version: string | null = null): void {
		const from = this.current.name === 'releases' ? 'releases' : 'browse';
		this.go({ name: 'plugin', id, tab, version, from });
	}
}

/** A route as the fragment of an address. */
export function write(route: Route): string {
	switch (route.name) {
		case 'plugin': {
			const query = new URLSearchParams();
			if (route.version !== null) query.set('version', route.version);
			if (route.base != null) query.set('base', route.base);
			if (route.file != null) query.set('file', route.file);
			if (route.at != null) query.set('at', String(route.at));
			if (route.from !== 'browse') query.set('from', route.from);
			const tail = query.size > 0 ? `?${query}` : '';
			return `#/plugin/${encodeURIComponent(route.id)}/${route.tab}${tail}`;
		}
		case 'publish':
			return route.path === null ? '#/publish' : `#/publish?path=${encodeURIComponent(route.path)}`;
		default:
			return `#/${route.name}`;
	}
}

function optional(name: 'base' | 'file', query: URLSearchParams): { [key in typeof name]?: string } {
	const value = query.get(name);
	return value === null ? {} : { [name]: value };
}

function revision(query: URLSearchParams): { at?: number } {
	const at = Number(query.get('at'));
	return Number.isSafeInteger(at) && at > 0 ? { at } : {};
}

/** The route of a fragment; Browse for anything unknown. */
export function parse(hash: string): Route {
	const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?');
	const [name, id, tab] = path.split('/');
	const query = new URLSearchParams(search);
	switch (name) {
		case 'plugin':
			if (!id) return { name: 'browse' };
			return {
				name,
				id: decodeURIComponent(id),
				tab: TABS.find((t) => t === tab) ?? 'overview',
				version: query.get('version'),
				...optional('base', query),
				...optional('file', query),
				...revision(query),
				from: query.get('from') === 'releases' ? 'releases' : 'browse',
			};
		case 'publish':
			return { name, path: query.get('path') };
		case 'releases':
		case 'activity':
		case 'storage':
		case 'registries':
		case 'settings':
			return { name };
		default:
			return { name: 'browse' };
	}
}
