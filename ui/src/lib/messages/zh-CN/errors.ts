import type { Sentences } from '../errors';

/** Errors by kind. What is missing here is said in English, as Rust says it. */
export const errors: Sentences = {
	unexpected: () => ({
		message: 'Patchbay 内部出错了。',
		hint: '请重试；如果再次出现，请重新启动 Patchbay。',
	}),
};
