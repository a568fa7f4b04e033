import { type Backend, toWireError } from '../backend';
import type { BrowseView } from '../generated/BrowseView';
import type { PluginCard } from '../generated/PluginCard';
import type { SortBy } from '../generated/SortBy';
import type { WireError } from '../generated/WireError';
import type { Registries } from './registries.svelte';

/** What is searched for, what was found, and which row is selected. */
export class Browse {
	query = $state('');
	sort = $state<SortBy>('relevance');
	categories = $state.raw<string[]>([]);
	view = $state.raw<BrowseView | null>(null);
	error = $state.raw<WireError | null>(null);
	selectedId = $state<string | null>(null);
	/** Whether the search field is to take the focus. */
	searchWanted = $state(false);
	/** The plugin whose page was left: its row takes the focus back. */
	leftPlugin: string | null = null;
	/** The scroll offset of the list, so that coming back is coming back. */
	offset = 0;
	private asked = 0;

	constructor(
		private readonly backend: Backend,
		private readonly registries: Registries,
	) {}

	get rows(): PluginCard[] {
		return this.view?.rows ?? [];
	}

	get selected(): PluginCard | null {
		return this.rows.find((r) => r.id === this.selectedId) ?? null;
	}

	/** Whether anything narrows the list. */
	get narrowed(): boolean {
		return this.query.trim() !== '' || this.categories.length > 0;
	}

	/** Reads the local copy. The last answer wins, whatever order answers come in; the old rows stand until then. */
	async load(): Promise<void> {
		const { name } = this.registries;
		if (name === '') return;
		this.asked += 1;
		const { asked } = this;
		try {
			const view = await this.backend.browse(name, this.query.trim(), this.sort, this.categories);
			if (asked !== this.asked) return;
			this.view = view;
			this.error = null;
			if (this.selected === null) this.selectedId = view.rows[0]?.id ?? null;
		} catch (reason) {
			if (asked === this.asked) this.error = toWireError(reason);
		}
	}

	/** Forgets everything: another registry is looked at. */
	clear(): void {
		this.asked += 1;
		this.query = '';
		this.categories = [];
		this.view = null;
		this.error = null;
		this.selectedId = null;
		this.offset = 0;
	}

	search(query: string): Promise<void> {
		this.query = query;
		return this.narrow();
	}

	toggle(category: string): Promise<void> {
		const { categories } = this;
		this.categories = categories.includes(category)
			? categories.filter((c) => c !== category)
			: [...categories, category];
		return this.narrow();
	}

	clearCategories(): Promise<void> {
		this.categories = [];
		return this.narrow();
	}

	sortBy(sort: SortBy): Promise<void> {
		this.sort = sort;
		return this.narrow();
	}

	/** Asks the search field to take the focus, as soon as it is there. */
	focusSearch(): void {
		this.searchWanted = true;
	}

	/** Selects by position and returns it; stays inside the list. */
	select(index: number): number {
		const inside = Math.max(0, Math.min(this.rows.length - 1, index));
		this.selectedId = this.rows[inside]?.id ?? null;
		return inside;
	}

	private narrow(): Promise<void> {
		this.offset = 0;
		this.selectedId = null;
		return this.load();
	}
}
