import type { WireError } from '../../generated/WireError';
import { errors as english } from './en/errors';
import { language } from './language.svelte';
import { errors as chinese } from './zh-CN/errors';

/** What happened, and what to do next. */
export interface Sentence {
	message: string;
	hint?: string;
}

/** How a language says errors by kind, from the values inside them. What is left out is said as Rust says it. */
export type Sentences = Record<string, (data: Readonly<Record<string, string>>) => Partial<Sentence>>;

/** An error in the language in use. */
export function sayError(error: WireError): Sentence {
	const table: Sentences = language() === 'zh-CN' ? chinese : english;
	// In a terminal a command stands between backticks.
	const hint = error.hint?.replace(/`([^`]+)`/g, '“$1”');
	return { message: error.message, hint, ...table[error.kind]?.(error.data) };
}
