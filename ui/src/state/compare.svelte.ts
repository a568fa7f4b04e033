import { type Backend, toWireError } from '../backend';
import type { DiffView } from '../generated/DiffView';
import type { FileChangeView } from '../generated/FileChangeView';
import type { WireError } from '../generated/WireError';

/** The path of a file that differs: where it is, or where it was. */
export function pathOf(change: FileChangeView): string {
	return change.new?.path ?? change.old?.path ?? '';
}

/** Whether two comparisons begin at the same package. */
function sameOld(a: DiffView, b: DiffView | null): boolean {
	return a.id === b?.id && a.old?.version === b.old?.version && a.old?.platform === b.old?.platform;
}

/** What differs between two versions, or between a folder and a version. The last question's answer counts. */
export class Comparison {
	view = $state.raw<DiffView | null>(null);
	error = $state.raw<WireError | null>(null);
	busy = $state(false);
	/** Unchanged lines that were asked for, by the path before: the whole text. */
	readonly texts = $state<Record<string, string[]>>({});
	/** Files that are being asked for by name. */
	readonly asking = $state<Record<string, boolean>>({});
	private asked = 0;
	private question: (only: string[]) => Promise<DiffView> = () =>
		Promise.reject(new Error('nothing is compared'));

	constructor(
		private readonly backend: Backend,
		private readonly registry: string,
	) {}

	/** Compares two versions. */
	versions(id: string, old: string, next: string, platform: string | null): Promise<void> {
		return this.ask((only) => this.backend.compare(this.registry, id, old, next, platform, only));
	}

	/** Compares a folder with what is published. */
	folder(path: string): Promise<void> {
		return this.ask((only) => this.backend.compareFolder(this.registry, path, only));
	}

	again(): Promise<void> {
		return this.ask(this.question);
	}

	private async ask(question: (only: string[]) => Promise<DiffView>): Promise<void> {
		this.asked += 1;
		const { asked } = this;
		this.question = question;
		this.busy = true;
		try {
			const view = await question([]);
			if (asked !== this.asked) return;
			// The same version before has the same texts, however often it is compared.
			if (!sameOld(view, this.view)) for (const path of Object.keys(this.texts)) delete this.texts[path];
			this.view = view;
			this.error = null;
		} catch (reason) {
			if (asked !== this.asked) return;
			this.view = null;
			this.error = toWireError(reason);
		} finally {
			if (asked === this.asked) this.busy = false;
		}
	}

	/** Fetches a file that was left out because so much differs. */
	async fetch(path: string): Promise<void> {
		if (this.asking[path]) return;
		const { asked } = this;
		this.asking[path] = true;
		try {
			const named = await this.question([path]);
			const found = named.files.find((change) => pathOf(change) === path);
			if (asked !== this.asked || !this.view || !found) return;
			const files = this.view.files.map((change) => (pathOf(change) === path ? found : change));
			this.view = { ...this.view, files };
		} catch (reason) {
			if (asked === this.asked) this.error = toWireError(reason);
		} finally {
			delete this.asking[path];
		}
	}

	/** Fetches the text of a file as it was, to show its unchanged lines. */
	async reveal(path: string): Promise<boolean> {
		const { view } = this;
		const old = view?.old;
		if (!view || !old) return false;
		if (this.texts[path]) return true;
		try {
			const read = await this.backend.file(this.registry, view.id, old.version, old.platform, path);
			// Asked again meanwhile is no reason to forget what somebody wants to see; another version is.
			if (!sameOld(view, this.view) || read.content.kind !== 'text') return false;
			this.texts[path] = read.content.text.split('\n');
			return true;
		} catch (reason) {
			if (sameOld(view, this.view)) this.error = toWireError(reason);
			return false;
		}
	}
}
