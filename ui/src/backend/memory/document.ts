import type { ActionKind } from '../../generated/ActionKind';
import type { ChannelMove } from '../../generated/ChannelMove';
import type { ChannelView } from '../../generated/ChannelView';
import type { PluginCard } from '../../generated/PluginCard';
import type { PluginView } from '../../generated/PluginView';
import type { ReleaseView } from '../../generated/ReleaseView';
import type { RevisionView } from '../../generated/RevisionView';
import type { StatusView } from '../../generated/StatusView';

/** What does not change from revision to revision. */
export interface About {
	id: string;
	name: string;
	description: string;
	author: string;
	categories: string[];
	license: string | null;
	owners: string[];
	status: StatusView;
	deprecated: { message: string; replacement: string | null } | null;
	homepage: string | null;
	repository: string | null;
	readme: string | null;
}

/** One revision's state. */
export interface State {
	channels: ChannelView[];
	releases: ReleaseView[];
}

/** What made a revision. */
export interface Made {
	kind: ActionKind;
	versions: string[];
	moves: ChannelMove[];
	reason: string | null;
	by: string;
	at: string;
}

interface Revision extends Made {
	seq: number;
	op: string;
	state: State;
}

/** A plugin with all its revisions, as the registry's document and its history hold them. */
export class Document {
	readonly revisions: Revision[] = [];

	constructor(readonly about: About) {}

	get seq(): number {
		return this.revisions.at(-1)?.seq ?? 0;
	}

	/** A copy of the newest state, to be changed. */
	state(seq = this.seq): State {
		const found = this.revisions.find((r) => r.seq === seq);
		return structuredClone(found?.state ?? { channels: [], releases: [] });
	}

	/** The plugin as it was at a revision. */
	at(seq: number): Document {
		const then = new Document(this.about);
		then.revisions.push(...this.revisions.filter((r) => r.seq <= seq));
		return then;
	}

	revision(seq: number): Revision | undefined {
		return this.revisions.find((r) => r.seq === seq);
	}

	commit(state: State, made: Made): { seq: number; op: string } {
		const seq = this.seq + 1;
		const op = `op-${this.about.id}-${seq}`;
		this.revisions.push({ ...made, seq, op, state });
		return { seq, op };
	}

	card(): PluginCard {
		const { channels, releases } = this.state();
		const order = (name: string) => (name === 'stable' ? 0 : 1);
		channels.sort((a, b) => order(a.name) - order(b.name) || a.name.localeCompare(b.name));
		const version = channels[0]?.version ?? releases[0]?.version ?? '';
		const shown = releases.find((r) => r.version === version);
		const { id, name, description, author, categories, status } = this.about;
		return {
			...{ id, name, description, author, categories, status, channels, version },
			icon: null,
			releases: releases.length,
			size: shown?.artifacts[0]?.size ?? 0,
			updated: this.revisions.at(-1)?.at ?? '',
			hosts: shown?.hosts ?? {},
			license: shown?.license ?? null,
			downloads: null,
		};
	}

	view(readAt: string): PluginView {
		const card = this.card();
		const { releases } = this.state();
		for (const release of releases) {
			release.channels = card.channels.filter((c) => c.version === release.version).map((c) => c.name);
		}
		const { owners, license, homepage, repository, deprecated } = this.about;
		return {
			...{ card, seq: this.seq, owners, license, homepage, repository, deprecated, releases },
			read_at: readAt,
			stale: null,
		};
	}

	/** Newest first. */
	history(): RevisionView[] {
		return this.revisions
			.map(({ state: _, ...r }) => ({ ...r, can_undo: r.seq === this.seq && r.kind !== 'publish' }))
			.reverse();
	}
}
