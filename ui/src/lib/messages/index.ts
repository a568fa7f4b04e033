/** Every visible word. */
export { sayConsequence } from './consequence';
export type { Messages } from './en';
export { type Sentence, sayError } from './errors';
export { f, language, m, resolveLanguage, speak, type Tongue } from './language.svelte';
