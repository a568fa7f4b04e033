/** English, and with it the shape that every language has. */
import { activity } from './en/activity';
import { browse } from './en/browse';
import { change } from './en/change';
import { common } from './en/common';
import { compare } from './en/compare';
import { plugin } from './en/plugin';
import { publish } from './en/publish';
import { registries } from './en/registries';
import { settings } from './en/settings';
import { shell } from './en/shell';
import { storage } from './en/storage';

export const en = {
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

/** What a language must say. */
export type Messages = typeof en;
