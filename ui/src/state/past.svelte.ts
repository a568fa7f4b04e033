import { type Backend, toWireError } from '../backend';
import type { Consequence } from '../generated/Consequence';
import type { PluginView } from '../generated/PluginView';
import type { WireError } from '../generated/WireError';
import type { Plugin } from './plugin.svelte';

/** What is read for as long as it takes: an answer, or why there is none. */
class Read<T> {
	value = $state.raw<T | null>(null);
	error = $state.raw<WireError | null>(null);
	private asked = 0;
	/** Revisions never change, so what was read once stays true. */
	private readonly known = new Map<string, T>();

	/** The last question wins, whatever order answers come in. */
	async ask(key: string, question: () => Promise<T>): Promise<void> {
		this.asked += 1;
		const { asked } = this;
		this.value = this.known.get(key) ?? null;
		this.error = null;
		if (this.value !== null) return;
		try {
			const answer = await question();
			this.known.set(key, answer);
			if (asked === this.asked) this.value = answer;
		} catch (reason) {
			if (asked === this.asked) this.error = toWireError(reason);
		}
	}
}

/** The other side of a comparison: the present, the revision before, or a certain one. */
export type Base = 'now' | 'before' | number;

/** One revision of a plugin: how everything stood then, and how that differs from another time. */
export class Past {
	readonly state = new Read<PluginView>();
	readonly changes = new Read<Consequence[]>();
	/** What the person compares with; it stays while they look at one revision after another. */
	base = $state<Base>('now');

	constructor(
		private readonly backend: Backend,
		private readonly plugin: Plugin,
	) {}

	/** The newest revision that is known. */
	get newest(): number {
		return Math.max(this.plugin.view?.seq ?? 0, this.plugin.revisions?.[0]?.seq ?? 0);
	}

	/** The revision that `seq` is compared with; 0 when there is none. The present beside itself says nothing: it is the one before then. */
	against(seq: number): number {
		const wanted = typeof this.base === 'number' ? this.base : this.base === 'now' ? this.newest : seq - 1;
		return wanted === seq ? seq - 1 : wanted;
	}

	/** Reads how it stood at a revision. */
	look(seq: number): Promise<void> {
		return this.state.ask(String(seq), () =>
			this.backend.pluginAt(this.plugin.registry, this.plugin.id, seq),
		);
	}

	/** Compares two revisions, the older one first. */
	compare(one: number, other: number): Promise<void> {
		const [from, to] = [Math.min(one, other), Math.max(one, other)];
		return this.changes.ask(`${from} ${to}`, async () => {
			const { registry, id } = this.plugin;
			return (await this.backend.compareRevisions(registry, id, from, to)).changes;
		});
	}
}
