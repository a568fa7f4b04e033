// Runs the tests of the real window: `node ui/e2e/run.mjs [TEST-FILE…]`.
// It wraps itself in a display, a session bus and an unlocked keychain of its own, so nothing of the person's desktop is used or changed.

import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { binary } from './support/places.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const self = fileURLToPath(import.meta.url)
const INSIDE = '--inside'

const wanted = process.argv.slice(2)
process.exit(wanted[0] === INSIDE ? inside(wanted.slice(1)) : outside(wanted))

function outside(files) {
  if (process.platform !== 'linux') {
    console.log('The tests of the real window run on Linux only: other systems have no WebDriver for their web view.')
    return 1
  }
  if (!existsSync(binary)) {
    console.error(`There is no ${binary}. Build it: cargo build -p patchbay-app --features custom-protocol`)
    return 1
  }
  // In this order: the other way round the desktop portal finds no display.
  const [display, ...wrapped] = [
    'xvfb-run', '-a', '-s', '-screen 0 1280x800x24', 'dbus-run-session', '--', process.execPath, self, INSIDE, ...files,
  ]
  return status(spawnSync(display, wrapped, { stdio: 'inherit' }))
}

function inside(files) {
  const home = mkdtempSync(join(tmpdir(), 'patchbay-home-'))
  const runtime = mkdtempSync(join(tmpdir(), 'patchbay-run-'))
  chmodSync(runtime, 0o700)
  const env = {
    ...process.env,
    HOME: home,
    XDG_RUNTIME_DIR: runtime,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local/share'),
    XDG_CACHE_HOME: join(home, '.cache'),
    // Accessibility bus and portals would only be looked for in vain.
    NO_AT_BRIDGE: '1',
    // No credentials of whoever runs the tests.
    AWS_CONFIG_FILE: join(home, 'aws-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'aws-credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
  }
  for (const name of Object.keys(env)) {
    if (/^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|PROFILE)$/.test(name)) delete env[name]
  }
  try {
    unlockKeychain(env)
    const chosen = files.length > 0 ? files.map((file) => resolve(file)) : testFiles()
    // One window at a time: WebKitGTK allows one automated session.
    return status(
      spawnSync(process.execPath, ['--test', '--test-concurrency=1', '--test-reporter=spec', ...chosen], { stdio: 'inherit', env }),
    )
  } finally {
    for (const folder of [home, runtime]) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** A keychain with a password: with an empty one, gnome-keyring asks for it in a dialog. The daemon ends with the session bus. */
function unlockKeychain(env) {
  const started = spawnSync('gnome-keyring-daemon', ['--unlock', '--components=secrets', '--daemonize'], {
    env,
    input: 'test',
    stdio: ['pipe', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (started.status !== 0) throw new Error(`gnome-keyring-daemon did not start: ${started.error?.message ?? started.stderr}`)
}

function testFiles() {
  return readdirSync(here)
    .filter((name) => name.endsWith('.test.mjs'))
    .sort()
    .map((name) => join(here, name))
}

function status(ended) {
  if (ended.error) {
    console.error(ended.error.code === 'ENOENT' ? `${ended.error.path} is not installed; \`npm test\` installs it.` : ended.error.message)
    return 1
  }
  return ended.status ?? 1
}
