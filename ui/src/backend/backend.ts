import type { AuditDone } from '../generated/AuditDone';
import type { BrowseRequest } from '../generated/BrowseRequest';
import type { BrowseView } from '../generated/BrowseView';
import type { ChangeDone } from '../generated/ChangeDone';
import type { ChangePlan } from '../generated/ChangePlan';
import type { ChangeRequest } from '../generated/ChangeRequest';
import type { CleanPlan } from '../generated/CleanPlan';
import type { ConnectionStep } from '../generated/ConnectionStep';
import type { DiffView } from '../generated/DiffView';
import type { FileContentView } from '../generated/FileContentView';
import type { FilesView } from '../generated/FilesView';
import type { FixView } from '../generated/FixView';
import type { HistoryView } from '../generated/HistoryView';
import type { JobView } from '../generated/JobView';
import type { OrphanView } from '../generated/OrphanView';
import type { PluginView } from '../generated/PluginView';
import type { PublishPlan } from '../generated/PublishPlan';
import type { PublishRequest } from '../generated/PublishRequest';
import type { RegistryInput } from '../generated/RegistryInput';
import type { RegistryView } from '../generated/RegistryView';
import type { RevisionDiff } from '../generated/RevisionDiff';
import type { Secret } from '../generated/Secret';
import type { Settings } from '../generated/Settings';
import type { Start } from '../generated/Start';
import type { SyncView } from '../generated/SyncView';

/** Files or folders that are held over the window. */
export interface Drop {
	kind: 'over' | 'leave' | 'drop';
	/** Empty unless something was dropped. */
	paths: string[];
}

/** Ends a subscription. */
export type Stop = () => void;

/**
 * The only door to the host. Every promise rejects with a `WireError` and with nothing else.
 * One implementation asks Rust, one keeps everything in memory for tests and for a plain browser.
 */
export interface Backend {
	/** What the window needs before it paints. */
	start(): Promise<Start>;
	saveSettings(settings: Settings): Promise<Settings>;

	/** Adds a registry; the secret goes straight into the keychain. */
	addRegistry(input: RegistryInput, secret: Secret | null): Promise<RegistryView[]>;
	removeRegistry(name: string): Promise<RegistryView[]>;
	setDefaultRegistry(name: string): Promise<RegistryView[]>;
	logIn(name: string, secret: Secret): Promise<RegistryView[]>;
	/** Tests a connection step by step. A step is told when it begins and again when it ends. */
	testRegistry(name: string, onStep: (step: ConnectionStep) => void): Promise<RegistryView[]>;
	/** The profiles of the AWS configuration. */
	awsProfiles(): Promise<string[]>;
	/** First start, "look around": adds the embedded registry with its samples. */
	startEmbedded(): Promise<RegistryView[]>;

	/** A page of what is found in the local copy: instantly, and also without a network. */
	browse(registry: string, request: BrowseRequest): Promise<BrowseView>;
	/** Refreshes the local copy. A registry that cannot be reached is an answer (`stale`), not a rejection. */
	sync(registry: string, accept: boolean): Promise<SyncView>;
	/** `fresh` asks the registry; otherwise the last known state, or `not_found` when there is none. */
	plugin(registry: string, id: string, fresh: boolean): Promise<PluginView>;
	/** Sanitised HTML; null when the version has no README. */
	readme(registry: string, id: string, version: string): Promise<string | null>;
	/** The files of a version, without its package. */
	files(registry: string, id: string, version: string, platform: string | null): Promise<FilesView>;
	/** One file of it, as far as it can be shown. The text is a stranger's: show it by `lib/visible`. */
	file(
		registry: string,
		id: string,
		version: string,
		platform: string | null,
		path: string,
	): Promise<FileContentView>;
	/** What differs between two versions. With `only`, these files however large the difference is, and the insides of no others. */
	compare(
		registry: string,
		id: string,
		old: string,
		next: string,
		platform: string | null,
		only: string[],
	): Promise<DiffView>;
	/** What publishing a folder would change. */
	compareFolder(registry: string, path: string, only: string[]): Promise<DiffView>;
	/** A page of history that ends before revision `before`. */
	history(registry: string, id: string, before: number | null): Promise<HistoryView>;
	/** The plugin as it was at a revision. */
	pluginAt(registry: string, id: string, seq: number): Promise<PluginView>;
	/** How two revisions differ. */
	compareRevisions(registry: string, id: string, from: number, to: number): Promise<RevisionDiff>;
	/** A `data:` URL. */
	icon(registry: string, id: string, digest: string): Promise<string>;

	/** What a change would do. Writes nothing. */
	plan(registry: string, id: string, change: ChangeRequest): Promise<ChangePlan>;
	apply(registry: string, id: string, change: ChangeRequest): Promise<ChangeDone>;

	/** Checks a registry; with `repair`, the catalogue is made anew where it differs. Returns the job at once. */
	checkRegistry(registry: string, quick: boolean, repair: boolean): Promise<JobView>;
	/** What a clean-up would remove. Writes nothing. */
	planCleaning(registry: string): Promise<CleanPlan>;
	/** Removes what the person has seen. Returns the job at once. */
	clean(registry: string, orphans: OrphanView[]): Promise<JobView>;
	/** Writes all revisions, with the chain of their digests checked, into a file. Null when the person dismissed the dialog. */
	audit(registry: string): Promise<AuditDone | null>;

	/** Null when the person dismissed the dialog. */
	pickFolder(): Promise<string | null>;
	/** A .zip, .vsix or .tgz. Null when the person dismissed the dialog. */
	pickArchive(): Promise<string | null>;
	inspect(registry: string, request: PublishRequest): Promise<PublishPlan>;
	/** Writes what puts a finding right into the folder, as it was shown. */
	fix(path: string, fix: FixView): Promise<void>;
	/** Returns the job at once; asked again for the same folder, the same job. */
	publish(registry: string, request: PublishRequest): Promise<JobView>;
	/** Null when the person dismissed the dialog. */
	download(registry: string, id: string, version: string, platform: string): Promise<JobView | null>;
	jobs(): Promise<JobView[]>;
	cancelJob(id: string): Promise<void>;
	/** For an unknown or interrupted job: finds out now and goes on where it stopped. */
	resumeJob(id: string): Promise<JobView>;

	/** Opens an http or https address outside. The person has seen where it goes. */
	openLink(url: string): Promise<void>;
	onJob(listener: (job: JobView) => void): Stop;
	onDrop(listener: (drop: Drop) => void): Stop;
	/** Somebody closes the window while a job runs. The window stays until `closeAnyway`. */
	onCloseRequested(listener: () => void): Stop;
	closeAnyway(): Promise<void>;
	/** After the first paint, so that nobody sees an empty window. */
	showWindow(): Promise<void>;
}
