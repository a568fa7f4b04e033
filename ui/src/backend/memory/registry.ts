import type { PluginCard } from '../../generated/PluginCard';
import type { ReleaseView } from '../../generated/ReleaseView';
import { Document } from './document';
import { next } from './rules';
import { type Sample, samples } from './samples';

const DAY = 86_400_000;
const HEX = '0123456789abcdef';

/** A digest that looks like one and is always the same for a text. */
export function digest(text: string): string {
	let seed = 7;
	for (const c of text) seed = (seed * 31 + (c.codePointAt(0) ?? 0)) % 2_147_483_647;
	return Array.from({ length: 64 }, () => {
		seed = (seed * 48_271) % 2_147_483_647;
		return HEX[seed % 16];
	}).join('');
}

/** The plugins of one registry, by id. */
export class Shelf {
	readonly documents = new Map<string, Document>();

	constructor(private readonly now: () => number) {}

	/** The made-up plugins, and as many nameless ones as it takes to have `count`. */
	static stocked(now: () => number, count = samples.length): Shelf {
		const shelf = new Shelf(now);
		for (const sample of samples) shelf.add(sample);
		const topics = ['Export', 'Import', 'Search', 'Sync', 'Notes', 'Charts', 'Timer', 'Theme'];
		for (let i = shelf.documents.size; i < count; i += 1) {
			const topic = topics[i % topics.length] ?? '';
			const base = samples[i % 4];
			if (base)
				shelf.add({ ...base, id: `${topic.toLowerCase()}-${i}`, name: `${topic} ${i}`, categories: [topic] });
		}
		return shelf;
	}

	private add(sample: Sample): void {
		const { host, shipped, rollbacks = [], yanks = [], deprecations = [], ...about } = sample;
		const document = new Document(about);
		const at = (daysAgo: number) => new Date(this.now() - daysAgo * DAY).toISOString();
		const by = sample.owners[0] ?? sample.author;
		const events: [daysAgo: number, run: (at: string) => void][] = [];
		for (const [version, daysAgo, kilobytes, range, channel] of shipped) {
			const size = kilobytes * 1000;
			events.push([
				daysAgo,
				(when) => this.ship(document, release(sample, version, when, size, { [host]: range }), channel),
			]);
		}
		for (const [version, daysAgo, reason] of yanks) {
			events.push([daysAgo, (when) => this.apply(document, { kind: 'yank', version, reason }, by, when)]);
		}
		for (const [version, message, replacement] of deprecations) {
			const change = { kind: 'deprecate', version, message, replacement } as const;
			events.push([5, (when) => this.apply(document, change, by, when)]);
		}
		for (const [channel, to, hoursAgo, reason] of rollbacks) {
			const change = { kind: 'rollback', channel, to, reason, yank: false, expect: null } as const;
			events.push([hoursAgo / 24, (when) => this.apply(document, change, 'admin', when)]);
		}
		for (const [daysAgo, run] of events.sort(([x], [y]) => y - x)) run(at(daysAgo));
		this.documents.set(about.id, document);
	}

	/** Adds a release and moves a channel to it. */
	ship(document: Document, shipped: ReleaseView, channel: string | null): void {
		const state = document.state();
		state.releases.unshift(shipped);
		const there = state.channels.find((c) => c.name === channel);
		const moves =
			channel === null || there?.held ? [] : [{ channel, from: there?.version ?? null, to: shipped.version }];
		const stand = { version: shipped.version, held: false, since: shipped.published_at, rolled_back: null };
		if (there && !there.held) Object.assign(there, stand);
		else if (channel !== null && !there) state.channels.push({ name: channel, ...stand });
		const made = { by: shipped.published_by, at: shipped.published_at, reason: null };
		document.commit(state, { kind: 'publish', versions: [shipped.version], moves, ...made });
	}

	private apply(document: Document, change: Parameters<typeof next>[1], by: string, at: string): void {
		const { state, made } = next(document, change, { by, at });
		document.commit(state, made);
	}

	cards(): PluginCard[] {
		return [...this.documents.values()].map((document) => document.card());
	}
}

/** A release as a sample describes it. */
export function release(
	sample: { id: string; author: string; license: string | null; readme: string | null; name: string },
	version: string,
	published_at: string,
	size: number,
	hosts: Record<string, string>,
): ReleaseView {
	const sha256 = digest(`${sample.id}@${version}`);
	return {
		version,
		channels: [],
		published_at,
		published_by: sample.author,
		artifacts: [{ platform: 'any', sha256, size, unpacked_size: Math.round(size * 2.7), files: 31 }],
		hosts,
		license: sample.license,
		notes_html: version.endsWith('.0')
			? `<p>New: rounding rules per client.</p><ul><li>Faster start</li><li>Fixes the header of CSV files</li></ul>`
			: null,
		has_readme: sample.readme !== null,
		yanked: null,
		deprecated: null,
		rolled_back: null,
	};
}
