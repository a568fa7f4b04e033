import { type Backend, toWireError } from '../backend';
import type { FileContentView } from '../generated/FileContentView';
import type { FilesView } from '../generated/FilesView';
import type { WireError } from '../generated/WireError';

/** The files of one version, and the one that is read. What was there stays until the answer comes; the last question counts. */
export class Reading {
	list = $state.raw<FilesView | null>(null);
	error = $state.raw<WireError | null>(null);
	busy = $state(false);
	file = $state.raw<FileContentView | null>(null);
	fileError = $state.raw<WireError | null>(null);
	fileBusy = $state(false);
	private listAsked = 0;
	private fileAsked = 0;

	constructor(
		private readonly backend: Backend,
		private readonly registry: string,
		private readonly id: string,
	) {}

	async open(version: string, platform: string | null): Promise<void> {
		this.listAsked += 1;
		const asked = this.listAsked;
		this.busy = true;
		try {
			const list = await this.backend.files(this.registry, this.id, version, platform);
			if (asked !== this.listAsked) return;
			this.list = list;
			this.error = null;
		} catch (reason) {
			if (asked !== this.listAsked) return;
			this.list = null;
			this.error = toWireError(reason);
		} finally {
			if (asked === this.listAsked) this.busy = false;
		}
	}

	async read(version: string, platform: string | null, path: string): Promise<void> {
		this.fileAsked += 1;
		const asked = this.fileAsked;
		this.fileBusy = true;
		try {
			const file = await this.backend.file(this.registry, this.id, version, platform, path);
			if (asked !== this.fileAsked) return;
			this.file = file;
			this.fileError = null;
		} catch (reason) {
			if (asked !== this.fileAsked) return;
			this.file = null;
			this.fileError = toWireError(reason);
		} finally {
			if (asked === this.fileAsked) this.fileBusy = false;
		}
	}

	/** Nothing is read any more. */
	close(): void {
		this.fileAsked += 1;
		this.file = null;
		this.fileError = null;
		this.fileBusy = false;
	}
}
