/** Simplified Chinese: written, not translated word by word. */
import type { Messages } from './en';
import { browse } from './zh-CN/browse';
import { change } from './zh-CN/change';
import { common } from './zh-CN/common';
import { plugin } from './zh-CN/plugin';
import { shell } from './zh-CN/shell';

export const zhCN: Messages = { common, shell, browse, plugin, change };
