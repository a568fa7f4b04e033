//! The end of each help text. A test parses every line that begins with `$`. Prose is one long line, for clap wraps it.

pub(super) const PATCHBAY: &str = "\
Examples:
  $ patchbay publish ./weather-card
  $ patchbay search weather
  $ patchbay rollback weather-card --to 3.2.0 --reason \"3.3.0 crashes on start\"

On a fresh computer everything goes to a registry on this computer; `patchbay registry add` adds a bucket.

Exit codes: 0 ok, 1 failed, 2 usage, 3 not found, 4 credentials, 5 conflict, 6 network, 7 integrity, 8 refused, \
9 outcome unknown, 130 interrupted.";

pub(super) const OUTDATED: &str = "\
The list is JSON: [{\"id\", \"version\", \"channel\"?}]; the channel is stable when it is not said. However many there are, one request is made.

Examples:
  $ patchbay outdated installed.json
  $ printf '[{\"id\":\"weather-card\",\"version\":\"3.2.0\"}]' | patchbay outdated --json";

pub(super) const SYNC: &str = "\
Other verbs do it by themselves. When the registry suddenly lists much less than before, that is not believed until somebody says --accept.

Examples:
  $ patchbay sync
  $ patchbay sync --accept
  $ patchbay sync --catch-up";

pub(super) const REGISTRY: &str = "\
Examples:
  $ patchbay registry add team --bucket team-plugins --region eu-central-1
  $ patchbay registry test team";

pub(super) const REGISTRY_ADD: &str = "\
The key is asked for when it is to be kept in the keychain; a script pipes it in with --key-stdin.

Examples:
  $ patchbay registry add team --bucket team-plugins --region eu-central-1 --create
  $ patchbay registry add lab --bucket plugins --endpoint https://s3.lab.example --region auto
  $ patchbay registry add work --bucket plugins --credentials profile:work
  $ printf '%s\\n' \"$ID\" \"$SECRET\" | patchbay registry add ci --bucket team-plugins --key-stdin
  $ patchbay registry add public --url https://plugins.example.com/";

pub(super) const REGISTRY_LIST: &str = "\
Examples:
  $ patchbay registry list
  $ patchbay registry list --json";

pub(super) const REGISTRY_TEST: &str = "\
The steps: name, TLS, credentials, bucket and region, read, write. The exit code is that of the step that failed.

Examples:
  $ patchbay registry test
  $ patchbay registry test team";

pub(super) const REGISTRY_LOGIN: &str = "\
Examples:
  $ patchbay registry login team
  $ printf '%s\\n' \"$ID\" \"$SECRET\" | patchbay registry login team --key-stdin";

pub(super) const REGISTRY_DEFAULT: &str = "\
Example:
  $ patchbay registry default team";

pub(super) const REGISTRY_REMOVE: &str = "\
Example:
  $ patchbay registry remove team";

pub(super) const PUBLISH: &str = "\
A publish moves its channel forward only, never while a rollback holds it, and stable never to a pre-release, \
unless --force-channel asks for it. The same bytes published again are \"already live\", which is a success.

Examples:
  $ patchbay publish ./weather-card --dry-run
  $ patchbay publish ./weather-card --notes CHANGES.md
  $ patchbay publish ./weather-card --channel beta
  $ patchbay publish linux-x64=build/linux darwin-arm64=build/mac
  $ patchbay publish ./weather-card --allow-secret github-token:test/sample.js:3
  $ git log -1 --format=%B | patchbay publish . --notes -
  $ patchbay publish --resume 1b4e28ba-2fa1-4d3b-a3f5-ef19b5a7633b";

pub(super) const PACK: &str = "\
The same files give the same bytes, on every computer. Findings that would stop a publish stop it as well.

Examples:
  $ patchbay pack ./weather-card --dry-run
  $ patchbay pack ./weather-card -o weather.zip
  $ patchbay pack linux-x64=build/linux";

pub(super) const INIT: &str = "\
It reads package.json, pipe.json, pipe.md or Obsidian's manifest.json, and never replaces a patchbay.json.

Examples:
  $ patchbay init --dry-run
  $ patchbay init ./weather-card";

pub(super) const SEARCH: &str = "\
Examples:
  $ patchbay search weather
  $ patchbay search --category lights --sort updated
  $ patchbay search timer author:mei channel:beta 'host:>=1.4'
  $ patchbay search --json | jq -r '.rows[].id'";

pub(super) const SHOW: &str = "\
Examples:
  $ patchbay show weather-card
  $ patchbay show weather-card --at 7";

pub(super) const VERSIONS: &str = "\
Examples:
  $ patchbay versions weather-card
  $ patchbay versions weather-card --json | jq -r '.releases[0].version'";

pub(super) const FILES: &str = "\
Only the list is fetched, not the package.

Examples:
  $ patchbay files weather-card
  $ patchbay files weather-card@3.2.0
  $ patchbay files weather-card@beta --json | jq '.files[] | select(.size > 1000000) | .path'";

pub(super) const CAT: &str = "\
One ranged request reads the file out of the package; it is checked against its digest before any of it is printed.
On a terminal control characters are shown as U+FFFD; anywhere else the bytes are exactly those of the file.

Examples:
  $ patchbay cat weather-card README.md
  $ patchbay cat weather-card@3.2.0 icon.png > icon.png";

pub(super) const DIFF: &str = "\
Manifest changes come first, then files, then lines, and at the end which kind of version number that asks for.
A folder is compared with the newest version, or with the one before when its own version belongs between two.

Examples:
  $ patchbay diff weather-card 3.2.0 3.3.0
  $ patchbay diff weather-card stable beta --stat
  $ patchbay diff .
  $ patchbay diff ./weather-card 3.2.0 --file main.js";

pub(super) const ROLLBACK: &str = "\
The channel is held afterwards: new publishes add their version and leave the channel alone, until somebody \
promotes. `patchbay undo` takes the rollback back.

Examples:
  $ patchbay rollback weather-card --to 3.2.0 --reason \"3.3.0 crashes on start\" --dry-run
  $ patchbay rollback weather-card --to 3.2.0 --reason \"3.3.0 crashes on start\" --yank
  $ patchbay rollback weather-card --channel beta --to 4.0.0-beta.1 --reason \"loses settings\"";

pub(super) const UNDO: &str = "\
Only what the revision changed is set back, and only where nobody has changed it since. A publish stays.

Examples:
  $ patchbay undo weather-card
  $ patchbay undo weather-card --seq 7 --dry-run";

pub(super) const PROMOTE: &str = "\
Examples:
  $ patchbay promote weather-card 3.3.1 --to stable
  $ patchbay promote weather-card 4.0.0-beta.1 --to beta --dry-run";

pub(super) const YANK: &str = "\
Whoever has the version pinned can still download it. A version that a channel points to is not yanked: \
roll the channel back first, or in the same step with `patchbay rollback --yank`.

Example:
  $ patchbay yank weather-card 3.3.0 --reason \"sends the location to everybody\"";

pub(super) const UNYANK: &str = "\
Examples:
  $ patchbay unyank weather-card 3.3.0
  $ patchbay unyank weather-card 3.3.0 --reason \"yanked by mistake\"";

pub(super) const DEPRECATE: &str = "\
Example:
  $ patchbay deprecate weather-card 2.9.0 --reason \"no fixes after June\" --replacement 3.2.0";

pub(super) const UNDEPRECATE: &str = "\
Example:
  $ patchbay undeprecate weather-card 2.9.0";

pub(super) const HISTORY: &str = "\
Examples:
  $ patchbay history weather-card
  $ patchbay history weather-card --limit 5 --before 12
  $ patchbay history weather-card --compare 7 12";

pub(super) const RESTORE: &str = "\
Channels, yanks, advice and status become what they were. No version is removed, also none that is newer. \
`patchbay undo` takes it back.

Examples:
  $ patchbay restore weather-card 7 --reason \"before the mix-up\" --dry-run
  $ patchbay restore weather-card 7 --reason \"before the mix-up\"";

pub(super) const DOCTOR: &str = "\
Exit code 7 when something is wrong; what merely lies about is no damage. Everything is read once, the packages too, \
unless --quick is given.

Examples:
  $ patchbay doctor
  $ patchbay doctor --quick --json | jq '.job.status.result.report.findings[].error.message'
  $ patchbay doctor --repair";

pub(super) const GC: &str = "\
Only what is older than 7 days by the store's clock, and what no revision refers to, is removed. Each object is looked at \
again before.

Examples:
  $ patchbay gc --dry-run
  $ patchbay gc --yes";

pub(super) const AUDIT: &str = "\
Examples:
  $ patchbay audit -o audit.jsonl
  $ patchbay audit weather-card -o weather-card.jsonl
  $ patchbay audit --verify audit.jsonl";

pub(super) const DOWNLOAD: &str = "\
Examples:
  $ patchbay download weather-card
  $ patchbay download weather-card@3.2.0 -o weather.zip
  $ patchbay download weather-card@beta";

pub(super) const VERIFY: &str = "\
Examples:
  $ patchbay verify weather-card-3.2.0.zip
  $ patchbay verify weather-card-3.2.0.zip --json";

pub(super) const UNPACK: &str = "\
Examples:
  $ patchbay unpack weather-card-3.2.0.zip weather-card";

pub(super) const JOBS: &str = "\
Examples:
  $ patchbay jobs
  $ patchbay jobs --json | jq '.jobs[] | select(.status.state == \"unknown\")'";

pub(super) const RESUME: &str = "\
It asks the registry whether the operation is live, and does it only if it is not.

Example:
  $ patchbay resume 1b4e28ba-2fa1-4d3b-a3f5-ef19b5a7633b";

pub(super) const SERVE_LOCAL: &str = "\
It prints the endpoint, the bucket, the region and the path of the file with the key, and serves until Ctrl-C.

Examples:
  $ patchbay serve-local
  $ patchbay serve-local --port 9000";

pub(super) const COMPLETIONS: &str = "\
Examples:
  $ patchbay completions bash > ~/.local/share/bash-completion/completions/patchbay
  $ patchbay completions zsh > ~/.zfunc/_patchbay";
