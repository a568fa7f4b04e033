import type { WireError } from '../../generated/WireError';
import { language } from './language.svelte';
import { errors } from './zh-CN/errors';

/** What happened, and what to do next. */
export interface Sentence {
	message: string;
	hint?: string;
}

/** How a language says an error of one kind, from the values inside it. */
export type Sentences = Partial<Record<string, (data: Readonly<Record<string, string>>) => Sentence>>;

/** An error in the language in use; in English, as Rust says it, where no sentence was written. */
export function sayError(error: WireError): Sentence {
	const say = language() === 'zh-CN' ? errors[error.kind] : undefined;
	return say?.(error.data) ?? { message: error.message, hint: error.hint };
}
