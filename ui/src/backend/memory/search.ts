import type { BrowseRequest } from '../../generated/BrowseRequest';
import type { BrowseView } from '../../generated/BrowseView';
import type { Chip } from '../../generated/Chip';
import type { FilterKind } from '../../generated/FilterKind';
import type { PluginCard } from '../../generated/PluginCard';
import type { TypedFilter } from '../../generated/TypedFilter';

const KINDS: FilterKind[] = ['is', 'category', 'channel', 'host', 'author'];
const STATES = ['deprecated', 'frozen', 'held', 'installed'];
const AT_MOST = 24;

interface Part {
	text: string;
	/** Null for a word. */
	filter: { kind: FilterKind; value: string; not: boolean } | null;
}

/** The words and filters of a query; a value with spaces stands in quotes. */
function parts(query: string): Part[] {
	return [...query.matchAll(/-?[a-z]+:"[^"]*"|\S+/g)].map(([text]) => {
		const [, not, kind, value = ''] = /^(-?)([a-z]+):(.*)$/.exec(text) ?? [];
		const known = KINDS.find((k) => k === kind);
		if (known === undefined) return { text, filter: null };
		return { text, filter: { kind: known, value: value.replaceAll('"', ''), not: not === '-' } };
	});
}

const written = (list: Part[]) => list.map((p) => p.text).join(' ');
const without = (list: Part[], part: Part) => written(list.filter((p) => p !== part));

/** What a card has of a kind, as people write it. */
function values(card: PluginCard, kind: FilterKind): string[] {
	switch (kind) {
		case 'is':
			return [
				...(card.status === 'active' ? [] : [card.status]),
				...(card.channels.some((c) => c.held) ? ['held'] : []),
			];
		case 'category':
			return card.categories;
		case 'channel':
			return card.channels.map((c) => c.name);
		case 'host':
			return Object.keys(card.hosts);
		case 'author':
			return [card.author];
	}
}

function unclear({ kind, value }: NonNullable<Part['filter']>): TypedFilter['unclear'] {
	if (value === '') return 'empty';
	return kind === 'is' && !STATES.includes(value) ? 'state' : null;
}

function matches(card: PluginCard, { text, filter }: Part): boolean {
	if (filter === null) {
		const all = [card.id, card.name, card.description, card.author, ...card.categories].join(' ');
		return all.toLowerCase().includes(text.toLowerCase());
	}
	if (unclear(filter) !== null) return true;
	const has = values(card, filter.kind).some((v) => v.toLowerCase() === filter.value.toLowerCase());
	return has !== filter.not;
}

function chips(rows: PluginCard[], query: string): Chip[] {
	return KINDS.flatMap((kind) => {
		const counts = new Map<string, number>();
		for (const card of rows) for (const v of values(card, kind)) counts.set(v, (counts.get(v) ?? 0) + 1);
		return [...counts]
			.map(([value, count]) => {
				const text = `${kind}:${/\s/.test(value) ? `"${value}"` : value.toLowerCase()}`;
				return { kind, value, count, query: `${query} ${text}`.trim() };
			})
			.sort((a, b) => b.count - a.count || a.value.localeCompare(b.value))
			.slice(0, AT_MOST);
	});
}

/** Search as the registry's crate does it, but for its forgiveness: enough to follow a person through Browse. */
export function search(
	cards: PluginCard[],
	{ query, sort, offset, limit, locate }: BrowseRequest,
): Omit<BrowseView, 'synced_at' | 'stale'> {
	const list = parts(query);
	const find = (wanted: Part[]) => cards.filter((card) => wanted.every((part) => matches(card, part)));
	const found = find(list);
	const counted = cards.some((card) => card.downloads !== null);
	found.sort((a, b) => {
		if (sort === 'updated') return b.updated.localeCompare(a.updated);
		if (sort === 'popularity' && counted) return (b.downloads ?? 0) - (a.downloads ?? 0);
		return a.name.localeCompare(b.name);
	});
	const filters = list.flatMap((part): TypedFilter[] => {
		if (part.filter === null) return [];
		return [{ text: part.text, ...part.filter, unclear: unclear(part.filter), query: without(list, part) }];
	});
	const asked = (chip: Chip) =>
		filters.some((f) => f.kind === chip.kind && f.value.toLowerCase() === chip.value.toLowerCase());
	const at = found.findIndex((card) => card.id === locate);
	const looser = list
		.map((part) => ({
			text: part.text,
			found: find(list.filter((p) => p !== part)).length,
			query: without(list, part),
		}))
		.filter((l) => l.found > 0)
		.sort((a, b) => b.found - a.found);
	return {
		rows: found.slice(offset, offset + Math.min(limit, 500)),
		offset,
		found: found.length,
		located: at < 0 ? null : at,
		total: cards.length,
		edition: cards.length,
		behind: false,
		forgiven: false,
		counted,
		filters,
		chips: chips(found, query.trim()).filter((chip) => !asked(chip)),
		looser: found.length === 0 ? looser : [],
	};
}
