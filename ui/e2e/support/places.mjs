// Where things are.

import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')

/** Screenshots and what a failing test left behind. */
export const output = join(root, 'target/e2e')

/** The window under test. */
export const binary = resolve(process.env.PATCHBAY_E2E_APP ?? join(root, 'target/debug/patchbay-app'))
