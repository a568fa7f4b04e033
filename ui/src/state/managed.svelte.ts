import { type Backend, toWireError } from '../backend';
import type { PluginCard } from '../generated/PluginCard';
import type { WireError } from '../generated/WireError';
import type { Registries } from './registries.svelte';

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

	async load(): Promise<void> {
		try {
			this.rows = (await this.backend.browse(this.registries.name, '', 'updated', [])).rows;
			this.error = null;
		} catch (reason) {
			this.error = toWireError(reason);
		}
	}
}
