import type { FilterKind } from '../../generated/FilterKind';
import { m } from '../../lib/messages';

/** A filter as people say it; a state that nobody knows stays as it was typed. */
export function sayFilter({
	kind,
	value,
	not = false,
}: {
	kind: FilterKind;
	value: string;
	not?: boolean;
}): string {
	const words = m().browse.filter;
	const states: Record<string, string> = words.is;
	const said = kind === 'is' ? (states[value.toLowerCase()] ?? value) : words[kind](value);
	return not ? words.not(said) : said;
}
