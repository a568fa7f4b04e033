import type { Language } from '../../generated/Language';
import { createFormat, type Format } from '../format';
import { en, type Messages } from './en';
import { zhCN } from './zh-CN';

/** A language that Patchbay speaks. */
export type Tongue = Exclude<Language, 'system'>;

const tables: Record<Tongue, Messages> = { en, 'zh-CN': zhCN };
const formats: Record<Tongue, Format> = {
	en: createFormat('en', en.common.justNow),
	'zh-CN': createFormat('zh-CN', zhCN.common.justNow),
};

let tongue = $state<Tongue>('en');

/** The language in use. */
export function language(): Tongue {
	return tongue;
}

/** The words of the language in use. */
export function m(): Messages {
	return tables[tongue];
}

/** How the language in use writes numbers, sizes and times. */
export function f(): Format {
	return formats[tongue];
}

/** What `system` means for a system's language tag. Traditional Chinese reads Simplified rather than English. */
export function resolveLanguage(setting: Language, locale: string | null): Tongue {
	if (setting !== 'system') return setting;
	return locale !== null && /^zh\b/i.test(locale.replaceAll('_', '-')) ? 'zh-CN' : 'en';
}

/** Changes the language everywhere at once. */
export function speak(next: Tongue): void {
	tongue = next;
	if (typeof document !== 'undefined') document.documentElement.lang = next;
}
