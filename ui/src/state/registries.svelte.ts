import type { Backend } from '../backend';
import type { ConnectionStep } from '../generated/ConnectionStep';
import type { RegistryInput } from '../generated/RegistryInput';
import type { RegistryView } from '../generated/RegistryView';
import type { Secret } from '../generated/Secret';

/** The registries that this person knows, and the one that is looked at. */
export class Registries {
	list = $state.raw<RegistryView[]>([]);
	private chosen = $state<string | null>(null);

	constructor(private readonly backend: Backend) {}

	/** The one that is looked at: the chosen one, else the default, else the first. */
	get current(): RegistryView | null {
		const { list, chosen } = this;
		return list.find((r) => r.name === chosen) ?? list.find((r) => r.is_default) ?? list[0] ?? null;
	}

	/** Its name; empty when there is none. */
	get name(): string {
		return this.current?.name ?? '';
	}

	/** Whether publishing and moving channels may be offered. Not asked yet counts as yes: the first write asks. */
	get canWrite(): boolean {
		const access = this.current?.access;
		return access !== undefined && access.state !== 'read_only';
	}

	use(name: string): void {
		this.chosen = name;
	}

	set(list: RegistryView[]): void {
		this.list = list;
	}

	async add(input: RegistryInput, secret: Secret | null): Promise<void> {
		this.set(await this.backend.addRegistry(input, secret));
	}

	async remove(name: string): Promise<void> {
		this.set(await this.backend.removeRegistry(name));
	}

	async makeDefault(name: string): Promise<void> {
		this.set(await this.backend.setDefaultRegistry(name));
	}

	async logIn(name: string, secret: Secret): Promise<void> {
		this.set(await this.backend.logIn(name, secret));
	}

	async test(name: string, onStep: (step: ConnectionStep) => void): Promise<void> {
		this.set(await this.backend.testRegistry(name, onStep));
	}

	awsProfiles(): Promise<string[]> {
		return this.backend.awsProfiles();
	}

	async startEmbedded(): Promise<void> {
		this.set(await this.backend.startEmbedded());
		const embedded = this.list.find((r) => r.kind === 'embedded');
		if (embedded) this.use(embedded.name);
	}
}
