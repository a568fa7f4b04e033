import { Channel, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { getCurrentWebview } from '@tauri-apps/api/webview';
import type { ConnectionStep } from '../generated/ConnectionStep';
import type { JobView } from '../generated/JobView';
import type { Backend, Stop } from './backend';
import { toWireError } from './failure';

/** Asks Rust. Commands have the names of the methods in snake_case. */
async function ask<T>(command: string, args: Record<string, unknown> = {}): Promise<T> {
	try {
		return await invoke<T>(command, args);
	} catch (reason) {
		throw toWireError(reason);
	}
}

/** A subscription whose registration is still under way can already be ended. */
function subscription(registered: Promise<Stop>): Stop {
	let stopped = false;
	let stop: Stop | undefined;
	registered.then((s) => {
		if (stopped) s();
		else stop = s;
	});
	return () => {
		stopped = true;
		stop?.();
	};
}

/** The real host. */
export const tauri: Backend = {
	start: () => ask('start'),
	saveSettings: (settings) => ask('save_settings', { settings }),

	addRegistry: (input, secret) => ask('add_registry', { input, secret }),
	removeRegistry: (name) => ask('remove_registry', { name }),
	setDefaultRegistry: (name) => ask('set_default_registry', { name }),
	logIn: (name, secret) => ask('log_in', { name, secret }),
	testRegistry: (name, listener) => {
		const onStep = new Channel<ConnectionStep>(listener);
		return ask('test_registry', { name, onStep });
	},
	awsProfiles: () => ask('aws_profiles'),
	startEmbedded: () => ask('start_embedded'),

	browse: (registry, request) => ask('browse', { registry, request }),
	sync: (registry, accept) => ask('sync', { registry, accept }),
	plugin: (registry, id, fresh) => ask('plugin', { registry, id, fresh }),
	readme: (registry, id, version) => ask('readme', { registry, id, version }),
	files: (registry, id, version, platform) => ask('files', { registry, id, version, platform }),
	file: (registry, id, version, platform, path) => ask('file', { registry, id, version, platform, path }),
	compare: (registry, id, old, next, platform, only) =>
		ask('compare', { registry, id, old, new: next, platform, only }),
	compareFolder: (registry, path, only) => ask('compare_folder', { registry, path, only }),
	history: (registry, id, before) => ask('history', { registry, id, before }),
	pluginAt: (registry, id, seq) => ask('plugin_at', { registry, id, seq }),
	compareRevisions: (registry, id, from, to) => ask('compare_revisions', { registry, id, from, to }),
	icon: (registry, id, digest) => ask('icon', { registry, id, digest }),

	plan: (registry, id, change) => ask('plan', { registry, id, change }),
	apply: (registry, id, change) => ask('apply', { registry, id, change }),

	checkRegistry: (registry, quick, repair) => ask('check_registry', { registry, quick, repair }),
	planCleaning: (registry) => ask('plan_cleaning', { registry }),
	clean: (registry, orphans) => ask('clean', { registry, orphans }),
	audit: (registry) => ask('audit', { registry }),

	pickFolder: () => ask('pick_folder'),
	pickArchive: () => ask('pick_archive'),
	inspect: (registry, request) => ask('inspect', { registry, request }),
	fix: (path, fix) => ask('fix', { path, fix }),
	publish: (registry, request) => ask('publish', { registry, request }),
	download: (registry, id, version, platform) => ask('download', { registry, id, version, platform }),
	jobs: () => ask('jobs'),
	cancelJob: (id) => ask('cancel_job', { id }),
	resumeJob: (id) => ask('resume_job', { id }),

	openLink: (url) => ask('open_link', { url }),
	onJob: (listener) => subscription(listen<JobView>('job', (event) => listener(event.payload))),
	onDrop: (listener) =>
		subscription(
			getCurrentWebview().onDragDropEvent(({ payload }) => {
				if (payload.type === 'drop') listener({ kind: 'drop', paths: payload.paths });
				else listener({ kind: payload.type === 'leave' ? 'leave' : 'over', paths: [] });
			}),
		),
	onCloseRequested: (listener) => subscription(listen('close-requested', () => listener())),
	closeAnyway: () => ask('close_anyway'),
	showWindow: () => ask('show_window'),
};
