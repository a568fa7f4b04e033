import { type Backend, toWireError } from '../backend';
import type { HistoryView } from '../generated/HistoryView';
import type { PluginView } from '../generated/PluginView';
import type { ReleaseView } from '../generated/ReleaseView';
import type { RevisionView } from '../generated/RevisionView';
import type { WireError } from '../generated/WireError';

/** What is known of a README. */
export type Readme =
	| { state: 'loading' }
	| { state: 'there'; html: string | null }
	| { state: 'failed'; error: WireError };

/** One plugin of one registry: first what is on disk, then what the registry says. */
export class Plugin {
	view = $state.raw<PluginView | null>(null);
	error = $state.raw<WireError | null>(null);
	busy = $state(false);
	revisions = $state.raw<RevisionView[] | null>(null);
	historyError = $state.raw<WireError | null>(null);
	historyBusy = $state(false);
	private nextBefore = $state<number | null>(null);
	private readonly readmes = $state<Record<string, Readme>>({});

	constructor(
		private readonly backend: Backend,
		readonly registry: string,
		readonly id: string,
	) {}

	/** Shows the last known state at once where there is one, then the present one. */
	async open(): Promise<void> {
		this.busy = true;
		try {
			const known = await this.backend.plugin(this.registry, this.id, false);
			this.view ??= known;
		} catch {
			// Nothing on disk: the registry is asked anyway, and its answer counts.
		}
		await this.refresh();
	}

	/** Asks the registry. */
	async refresh(): Promise<void> {
		this.busy = true;
		try {
			this.view = await this.backend.plugin(this.registry, this.id, true);
			this.error = null;
		} catch (reason) {
			this.error = toWireError(reason);
		} finally {
			this.busy = false;
		}
	}

	/** A release, or null when there is none of this version. */
	release(version: string | null): ReleaseView | null {
		return this.view?.releases.find((r) => r.version === version) ?? null;
	}

	/** The README of a version; it is fetched when it is asked for the first time. */
	readme(version: string): Readme {
		return this.readmes[version] ?? { state: 'loading' };
	}

	async loadReadme(version: string): Promise<void> {
		if (this.readmes[version]?.state === 'there') return;
		this.readmes[version] = { state: 'loading' };
		try {
			const html = await this.backend.readme(this.registry, this.id, version);
			this.readmes[version] = { state: 'there', html };
		} catch (reason) {
			this.readmes[version] = { state: 'failed', error: toWireError(reason) };
		}
	}

	get hasEarlier(): boolean {
		return this.nextBefore !== null;
	}

	/** The newest page of history. What was there stays until the answer comes. */
	loadHistory(): Promise<void> {
		return this.page(null);
	}

	/** The next page. */
	loadEarlier(): Promise<void> {
		return this.page(this.nextBefore);
	}

	private async page(before: number | null): Promise<void> {
		if (this.historyBusy) return;
		this.historyBusy = true;
		try {
			const page: HistoryView = await this.backend.history(this.registry, this.id, before);
			this.revisions = before === null ? page.revisions : [...(this.revisions ?? []), ...page.revisions];
			this.nextBefore = page.next_before;
			this.historyError = null;
		} catch (reason) {
			this.historyError = toWireError(reason);
		} finally {
			this.historyBusy = false;
		}
	}
}
