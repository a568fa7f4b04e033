import { type Backend, toWireError } from '../backend';
import type { PluginCard } from '../generated/PluginCard';
import type { WireError } from '../generated/WireError';
import type { Registries } from './registries.svelte';

/** The most that are answered at once. */
const PAGE = 500;

/** All plugins of the registry as somebody sees them who looks after their channels. */
export class Managed {
	rows = $state.raw<PluginCard[] | null>(null);
	error = $state.raw<WireError | null>(null);
	query = $state('');
	/** Only those where a channel is held or was rolled back. */
	attention = $state(false);

	constructor(
		private readonly backend: Backend,
		private readonly registries: Registries,
	) {}

	get shown(): PluginCard[] {
		const words = this.query.trim().toLowerCase();
		return (this.rows ?? []).filter(
			(card) =>
				`${card.name} ${card.id}`.toLowerCase().includes(words) &&
				(!this.attention || card.channels.some((c) => c.held || c.rolled_back !== null)),
		);
	}

	/** Every plugin, page by page; from the beginning again when the list became another one meanwhile. */
	private async all(): Promise<PluginCard[]> {
		const rows: PluginCard[] = [];
		let edition: number | null = null;
		for (;;) {
			const request = { query: '', sort: 'updated', offset: rows.length, limit: PAGE } as const;
			const page = await this.backend.browse(this.registries.name, request);
			if (edition !== null && page.edition !== edition) rows.length = 0;
			else rows.push(...page.rows);
			edition = page.edition;
			if (page.rows.length === 0 || rows.length >= page.found) return rows;
		}
	}

	async load(): Promise<void> {
		try {
			this.rows = await this.all();
			this.error = null;
		} catch (reason) {
			this.error = toWireError(reason);
		}
	}
}
