// Where things are.

import { resolve } from 'node:path';
import { at, program } from '../../../scripts/lib/places.mjs';

/** Screenshots, and what a failing test left behind. */
export const output = at('target/e2e');

/** The window under test. */
export const binary = resolve(process.env.PATCHBAY_E2E_APP ?? program('patchbay-app'));
