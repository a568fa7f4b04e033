import type { RegistryView } from '../../generated/RegistryView';
import type { Settings } from '../../generated/Settings';
import type { WireError } from '../../generated/WireError';
import type { Backend, Drop } from '../backend';
import type { Document } from './document';
import { notFound, unreachable, wireError } from './errors';
import { acme, added, community, embedded, testConnection } from './registries';
import { Shelf } from './registry';

/** What the world is like. */
export interface World {
	/** Milliseconds since the epoch. */
	now: () => number;
	registries: RegistryView[];
	/** How many plugins each registry has; 0 for an empty one. */
	plugins: number;
	settings: Settings;
	locale: string | null;
	/** Milliseconds that an answer of the registry takes; what is on disk is there at once. */
	latency: number;
	/** Milliseconds that a phase of a job takes. */
	phase: number;
	offline: boolean;
}

const usual: World = {
	now: () => Date.now(),
	registries: [acme, embedded, community],
	plugins: 12,
	settings: { theme: 'system', language: 'system', actor: 'mei' },
	locale: 'en-GB',
	latency: 0,
	phase: 0,
	offline: false,
};

/** What of a host has nothing to do with plugins: its window and dialogs, settings, the registries it knows, and how calls fail. */
export class Host {
	/** What was asked to open outside. */
	readonly opened: string[] = [];
	/** Whether the window was shown. */
	shown = false;
	/** What a folder dialog returns. */
	picked: string | null = '/home/mei/code/timesheet-export';
	offline: boolean;
	/** Why nobody may write any more; a connection test finds it out. */
	denied: WireError | null = null;

	protected readonly world: World;
	protected settings: Settings;
	protected syncedAt: string | null;
	private readonly shelves = new Map<string, Shelf>();
	private readonly faults = new Map<keyof Backend, WireError[]>();
	private readonly dropListeners = new Set<(drop: Drop) => void>();
	private readonly closeListeners = new Set<() => void>();
	private registries: RegistryView[];

	constructor(world: Partial<World> = {}) {
		this.world = { ...usual, ...world };
		this.registries = structuredClone(this.world.registries);
		this.settings = { ...this.world.settings };
		this.offline = this.world.offline;
		this.syncedAt = new Date(this.world.now() - 60_000).toISOString();
	}

	/** Makes the next call of a method fail. */
	failNext(method: keyof Backend, error: WireError): void {
		this.faults.set(method, [...(this.faults.get(method) ?? []), error]);
	}

	drop(drop: Drop): void {
		for (const listener of this.dropListeners) listener(drop);
	}

	requestClose(): void {
		for (const listener of this.closeListeners) listener();
	}

	async start() {
		await this.disk('start');
		const { locale } = this.world;
		return {
			version: '0.1.0',
			platform: 'linux',
			locale,
			settings: { ...this.settings },
			registries: this.list(),
		};
	}

	async saveSettings(settings: Settings) {
		await this.disk('saveSettings');
		this.settings = { ...settings };
		return settings;
	}

	async addRegistry(input: Parameters<Backend['addRegistry']>[0]) {
		await this.network('addRegistry');
		if (this.registries.some((r) => r.name === input.name)) {
			throw wireError(
				'conflict',
				'name_taken',
				`There is a registry named ${input.name}.`,
				'Choose another name.',
				{ name: input.name },
			);
		}
		this.registries.push({ ...added(input), is_default: this.registries.length === 0 });
		this.shelves.set(input.name, new Shelf(this.world.now));
		return this.list();
	}

	async removeRegistry(name: string) {
		await this.disk('removeRegistry');
		this.registries = this.registries.filter((r) => r.name !== name);
		return this.list();
	}

	async setDefaultRegistry(name: string) {
		await this.disk('setDefaultRegistry');
		for (const registry of this.registries) registry.is_default = registry.name === name;
		return this.list();
	}

	async logIn(name: string) {
		await this.disk('logIn');
		const registry = this.registries.find((r) => r.name === name);
		if (registry) registry.credentials = { source: 'keychain' };
		return this.list();
	}

	async testRegistry(name: string, onStep: Parameters<Backend['testRegistry']>[1]) {
		await this.disk('testRegistry');
		const registry = this.registries.find((r) => r.name === name);
		if (registry === undefined) throw notFound(`registry ${name}`);
		await testConnection(registry, () => this.pause(), onStep);
		if (this.denied !== null) registry.access = { state: 'read_only', reason: this.denied };
		else if (registry.kind !== 'http') registry.access = { state: 'read_write' };
		return this.list();
	}

	async awsProfiles() {
		await this.disk('awsProfiles');
		return ['default', 'acme-prod', 'acme-staging'];
	}

	async startEmbedded() {
		await this.disk('startEmbedded');
		if (!this.registries.some((r) => r.kind === 'embedded')) {
			this.registries.push({ ...embedded, is_default: this.registries.length === 0 });
		}
		return this.list();
	}

	async pickFolder() {
		await this.disk('pickFolder');
		return this.picked;
	}

	async pickArchive() {
		await this.disk('pickArchive');
		return this.picked;
	}

	async openLink(url: string) {
		await this.disk('openLink');
		this.opened.push(url);
	}

	onDrop(listener: (drop: Drop) => void) {
		this.dropListeners.add(listener);
		return () => this.dropListeners.delete(listener);
	}

	onCloseRequested(listener: () => void) {
		this.closeListeners.add(listener);
		return () => this.closeListeners.delete(listener);
	}

	async closeAnyway() {
		await this.disk('closeAnyway');
	}

	async showWindow() {
		await this.disk('showWindow');
		this.shown = true;
	}

	protected list(): RegistryView[] {
		return structuredClone(this.registries);
	}

	protected stamp(): string {
		return new Date(this.world.now()).toISOString();
	}

	protected shelf(registry: string): Shelf {
		const known = this.shelves.get(registry);
		if (known) return known;
		const shelf =
			this.world.plugins === 0
				? new Shelf(this.world.now)
				: Shelf.stocked(this.world.now, this.world.plugins);
		this.shelves.set(registry, shelf);
		return shelf;
	}

	protected document(registry: string, id: string): Document {
		const document = this.shelf(registry).documents.get(id);
		if (document === undefined) throw notFound(`plugin ${id}`);
		return document;
	}

	protected pause(): Promise<void> {
		return new Promise((resolve) => setTimeout(resolve, this.world.latency));
	}

	protected trip(method: keyof Backend): void {
		const error = this.faults.get(method)?.shift();
		if (error) throw error;
	}

	protected async disk(method: keyof Backend): Promise<void> {
		await Promise.resolve();
		this.trip(method);
	}

	protected async network(method: keyof Backend): Promise<void> {
		await this.pause();
		this.trip(method);
		if (this.offline) throw unreachable;
	}

	/** A call that writes. */
	protected async write(method: keyof Backend): Promise<void> {
		await this.network(method);
		if (this.denied !== null) throw this.denied;
	}
}
