import { type Backend, toWireError } from '../backend';
import type { BrowseRequest } from '../generated/BrowseRequest';
import type { BrowseView } from '../generated/BrowseView';
import type { PluginCard } from '../generated/PluginCard';
import type { SortBy } from '../generated/SortBy';
import type { WireError } from '../generated/WireError';
import { Ahead } from './ahead';
import type { Registries } from './registries.svelte';

/** Rows that are read at once: more than a screen shows, and no more, for somebody types. */
export const PAGE = 32;
/** Height of a row in CSS pixels. */
export const ROW = 64;
/** Rows that a screen may show. */
const SCREEN = 30;
/** Pages that are kept; whoever scrolls back further reads them again, from memory. */
const KEPT = 125;
/** Milliseconds between a row's being wanted and its page's being read: what flies past is not read. */
const PAUSE = 30;

/** What is searched for, what was found, and which row is selected. Only the pages near what is seen are there. */
export class Browse {
	query = $state('');
	sort = $state<SortBy>('relevance');
	/** The last answer: everything but its rows. */
	view = $state.raw<BrowseView | null>(null);
	error = $state.raw<WireError | null>(null);
	/** Position of the selected row. */
	at = $state(0);
	/** Whether the search field is to take the focus. */
	searchWanted = $state(false);
	/** Another number for another list, which begins where `offset` says. */
	list = $state(0);
	/** The plugin whose page was left: its row takes the focus back. */
	leftPlugin: string | null = null;
	/** The scroll offset of the list, so that coming back is coming back. */
	offset = 0;
	/** Whether the selection is to be brought into sight. */
	reveal = false;
	private pages = $state.raw<ReadonlyMap<number, PluginCard[]>>(new Map());
	private readonly wanted = new Set<number>();
	private timer: ReturnType<typeof setTimeout> | null = null;
	private asked = 0;
	private following = false;
	private readonly ahead = new Ahead();
	/** What the pages are the answer to. */
	private question = '';
	/** The query that they are the answer to. */
	private shown = $state('');

	constructor(
		private readonly backend: Backend,
		private readonly registries: Registries,
	) {}

	/** How many results there are. */
	get found(): number {
		return this.view?.found ?? 0;
	}

	/** A result; null while its page is not there. */
	row(index: number): PluginCard | null {
		return this.pages.get(Math.floor(index / PAGE))?.[index % PAGE] ?? null;
	}

	/** A plugin, if it is among the rows that are there. */
	known(id: string): PluginCard | null {
		for (const rows of this.pages.values()) {
			const card = rows.find((row) => row.id === id);
			if (card) return card;
		}
		return null;
	}

	get selected(): PluginCard | null {
		return this.row(this.at);
	}

	/** Whether what is shown was searched for. Changes with the list, and not a frame before it. */
	get answered(): boolean {
		return this.shown !== '';
	}

	/** Whether anything narrows the list. */
	get narrowed(): boolean {
		return this.query.trim() !== '';
	}

	/** Reads the list again, where it is looked at. The last answer wins, whatever order answers come in; the old rows stand until then. */
	async load(): Promise<void> {
		const top = Math.floor(this.offset / ROW);
		const pages = [top, top + SCREEN].map((row) => Math.floor(row / PAGE));
		await this.read(pages, this.selected?.id);
	}

	/** Asks for the page of a row that is seen, soon. */
	want(index: number): void {
		this.wanted.add(Math.floor(index / PAGE));
		this.timer ??= setTimeout(() => {
			this.timer = null;
			const pages = [...this.wanted].filter((page) => !this.pages.has(page));
			this.wanted.clear();
			// The last ones are those that are still seen.
			for (const page of pages.slice(-3)) void this.more(page);
		}, PAUSE);
	}

	/** Forgets everything: another registry is looked at. */
	clear(): void {
		this.asked += 1;
		this.query = '';
		this.shown = '';
		this.view = null;
		this.pages = new Map();
		this.error = null;
		this.at = 0;
		this.offset = 0;
	}

	/** Another question begins at the top. */
	search(query: string): Promise<void> {
		this.query = query;
		this.offset = 0;
		return this.read([0]);
	}

	/** Somebody is about to type: what a first letter finds is asked for while nothing narrows the list. */
	async lookAhead(): Promise<void> {
		const { name } = this.registries;
		const { sort, view } = this;
		if (name === '' || view === null || view.behind) return;
		const list = this.of(view.edition);
		await this.ahead.prepare(list, async (letter) => {
			if (this.narrowed || list !== this.of(this.view?.edition)) return null;
			const answer = await this.backend.browse(name, { query: letter, sort, offset: 0, limit: PAGE });
			return answer.edition === view.edition && !answer.behind ? answer : null;
		});
	}

	/** Another order keeps the selection, and shows where it is now. */
	sortBy(sort: SortBy): Promise<void> {
		this.sort = sort;
		this.reveal = true;
		return this.read([0], this.selected?.id);
	}

	/** Asks the search field to take the focus, as soon as it is there. */
	focusSearch(): void {
		this.searchWanted = true;
	}

	/** Selects by position and returns it; stays inside the list. */
	select(index: number): number {
		this.at = Math.max(0, Math.min(this.found - 1, index));
		if (this.row(this.at) === null) this.want(this.at);
		return this.at;
	}

	/** The list of which a query finds a part. */
	private of(edition: number | undefined): string {
		return `${this.sort} ${edition} ${this.registries.name}`;
	}

	private request(page: number, locate?: string): BrowseRequest {
		const request = { query: this.query.trim(), sort: this.sort, offset: page * PAGE, limit: PAGE };
		return locate === undefined ? request : { ...request, locate };
	}

	/** The list anew: the pages that are looked at, and the one of the selection. */
	private async read(tops: number[], locate?: string): Promise<void> {
		const { name } = this.registries;
		if (name === '') return;
		this.asked += 1;
		const { asked } = this;
		const { query } = this;
		const question = `${this.sort} ${query.trim()}`;
		const ask = (page: number) => this.backend.browse(name, this.request(page, locate));
		const [top = 0] = tops;
		const known =
			top === 0 && locate === undefined
				? this.ahead.answer(this.of(this.view?.edition), query.trim())
				: undefined;
		try {
			const view = known ?? (await ask(top));
			const last = Math.max(0, view.found - 1);
			const at = view.located ?? (locate === undefined ? 0 : Math.min(this.at, last));
			const wanted = new Set(
				[...tops, Math.floor(at / PAGE)].map((page) => Math.min(page, Math.floor(last / PAGE))),
			);
			wanted.delete(view.offset / PAGE);
			const views = [view, ...(await Promise.all([...wanted].map(ask)))];
			if (asked !== this.asked) return;
			const same = this.question === question && this.view?.edition === view.edition;
			const rows = views.map(({ offset, rows: page }) => [offset / PAGE, page] as const);
			this.pages = new Map([...(same ? this.pages : []), ...rows]);
			this.view = view;
			this.question = question;
			this.shown = query;
			this.at = at;
			this.error = null;
			this.list += 1;
			if (view.behind) void this.follow();
		} catch (reason) {
			if (asked !== this.asked) return;
			this.error = toWireError(reason);
			this.shown = query;
		}
	}

	/** Reads the list again as soon as what changed last is in it, where that takes a while. */
	private async follow(): Promise<void> {
		if (this.following) return;
		this.following = true;
		const { name } = this.registries;
		try {
			await this.backend.browse(name, { query: '', sort: this.sort, offset: 0, limit: 0, wait: true });
		} catch {
			// What is there stands; the next refresh reads the list again.
			return;
		} finally {
			this.following = false;
		}
		if (name === this.registries.name) await this.load();
	}

	/** One more page of the same list. */
	private async more(page: number): Promise<void> {
		const { asked } = this;
		try {
			const view = await this.backend.browse(this.registries.name, this.request(page));
			if (asked !== this.asked) return;
			if (view.edition !== this.view?.edition) return await this.load();
			const kept = [...this.pages].filter(([other]) => other !== page);
			const mine = Math.floor(this.at / PAGE);
			while (kept.length >= KEPT) kept.splice(kept[0]?.[0] === mine ? 1 : 0, 1);
			this.pages = new Map([...kept, [page, view.rows]]);
		} catch (reason) {
			if (asked === this.asked) this.error = toWireError(reason);
		}
	}
}
