/** English, and with it the shape that every language has. */
import { browse } from './en/browse';
import { change } from './en/change';
import { common } from './en/common';
import { plugin } from './en/plugin';
import { shell } from './en/shell';

export const en = { common, shell, browse, plugin, change };

/** What a language must say. */
export type Messages = typeof en;
