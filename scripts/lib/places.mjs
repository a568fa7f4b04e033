// Where things are.

import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** A path inside the repository. */
export const at = (...parts) => join(root, ...parts);

/** A built program: `patchbay` or `patchbay-app`. */
export const program = (name, profile = 'debug') =>
	at('target', profile, process.platform === 'win32' ? `${name}.exe` : name);
