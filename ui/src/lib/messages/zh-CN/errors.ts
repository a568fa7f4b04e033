import type { Sentences } from '../errors';
import { access } from './errors/access';
import { archives } from './errors/archives';
import { files } from './errors/files';
import { health } from './errors/health';
import { plugins } from './errors/plugins';
import { store } from './errors/store';

/** Errors by kind, in Chinese. What is missing here is said in English, as Rust says it. */
export const errors: Sentences = {
	unexpected: () => ({
		message: 'Patchbay 内部出错了。',
		hint: '请重试；如果再次出现，请重新启动 Patchbay。',
	}),
	broke: () => ({ message: 'Patchbay 内部故障中断了此操作。', hint: '请重试；若仍然出现，请反馈此问题。' }),
	job_broke: () => ({ message: 'Patchbay 内部故障中断了此任务。', hint: '可在“动态”中继续。' }),
	...store,
	...access,
	...plugins,
	...files,
	...archives,
	...health,
};
