import type { Backend } from '../backend';
import type { PluginCard } from '../generated/PluginCard';
import type { Registries } from './registries.svelte';

const AT_MOST = 20;

/** Plugins for the palette, from the local copy, independent of what Browse shows. */
export class Quick {
	rows = $state.raw<PluginCard[]>([]);
	private asked = 0;

	constructor(
		private readonly backend: Backend,
		private readonly registries: Registries,
	) {}

	/** The last answer wins. A failure shows no plugins; the commands are there all the same. */
	async search(query: string): Promise<void> {
		this.asked += 1;
		const { asked } = this;
		const { name } = this.registries;
		if (name === '' || query.trim() === '') {
			this.rows = [];
			return;
		}
		try {
			const request = { query: query.trim(), sort: 'relevance', offset: 0, limit: AT_MOST } as const;
			const view = await this.backend.browse(name, request);
			if (asked === this.asked) this.rows = view.rows;
		} catch {
			if (asked === this.asked) this.rows = [];
		}
	}
}
