/** Simplified Chinese: written, not translated word by word. */
import type { Messages } from './en';
import { activity } from './zh-CN/activity';
import { browse } from './zh-CN/browse';
import { change } from './zh-CN/change';
import { common } from './zh-CN/common';
import { compare } from './zh-CN/compare';
import { plugin } from './zh-CN/plugin';
import { publish } from './zh-CN/publish';
import { registries } from './zh-CN/registries';
import { settings } from './zh-CN/settings';
import { shell } from './zh-CN/shell';
import { storage } from './zh-CN/storage';

export const zhCN: Messages = {
	common,
	shell,
	browse,
	plugin,
	compare,
	change,
	publish,
	registries,
	activity,
	settings,
	storage,
};
