import { type Backend, toWireError } from '../backend';
import type { WireError } from '../generated/WireError';
import { clock } from '../lib/clock.svelte';
import type { Browse } from './browse.svelte';
import type { Registries } from './registries.svelte';

const EVERY = 5 * 60_000;
const ON_FOCUS = 60_000;

/** Whether the local copy is current. */
export class Sync {
	busy = $state(false);
	private syncedAt = $state<string | null>(null);
	private total = $state<number | null>(null);
	private failure = $state.raw<WireError | null>(null);
	private of = $state('');
	private lastTry = 0;

	constructor(
		private readonly backend: Backend,
		private readonly registries: Registries,
		private readonly browse: Browse,
	) {}

	private get mine(): boolean {
		return this.of === this.registries.name;
	}

	/** When the copy was last known to be current. */
	get at(): string | null {
		return (this.mine ? this.syncedAt : null) ?? this.browse.view?.synced_at ?? null;
	}

	/** Why it could not be refreshed. */
	get stale(): WireError | null {
		return this.mine ? this.failure : (this.browse.view?.stale ?? null);
	}

	/** How many plugins the registry has; null while it is not known. */
	get plugins(): number | null {
		return (this.mine ? this.total : null) ?? this.browse.view?.total ?? null;
	}

	/** Refreshes the copy, then what is shown of it. `accept` believes a catalogue that has much less in it. */
	async now(accept = false): Promise<void> {
		const { name } = this.registries;
		if (name === '' || this.busy) return;
		this.busy = true;
		this.lastTry = Date.now();
		try {
			const answer = await this.backend.sync(name, accept);
			this.settle(name, answer.synced_at, answer.total, answer.stale);
		} catch (reason) {
			this.settle(name, this.at, this.plugins, toWireError(reason));
		} finally {
			this.busy = false;
		}
		if (name === this.registries.name) await this.browse.load();
		else await this.now();
	}

	/** Keeps the copy current: now and then, and when the person comes back. Returns what ends it. */
	follow(window: Window): () => void {
		const timer = setInterval(() => void this.now(), EVERY);
		const focus = () => {
			if (Date.now() - this.lastTry > ON_FOCUS) void this.now();
		};
		window.addEventListener('focus', focus);
		window.addEventListener('online', focus);
		return () => {
			clearInterval(timer);
			window.removeEventListener('focus', focus);
			window.removeEventListener('online', focus);
		};
	}

	private settle(of: string, at: string | null, total: number | null, stale: WireError | null): void {
		this.of = of;
		this.syncedAt = at;
		this.total = total;
		this.failure = stale;
		clock.touch();
	}
}
