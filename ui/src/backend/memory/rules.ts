import type { ChangeRequest } from '../../generated/ChangeRequest';
import type { Consequence } from '../../generated/Consequence';
import type { ReleaseView } from '../../generated/ReleaseView';
import type { Document, Made, State } from './document';
import { moved, notFound, wireError } from './errors';

/** Who does it, and when. */
export interface Stamp {
	by: string;
	at: string;
}

/** The next state, what made it, and what to say about it. */
export interface Next {
	state: State;
	made: Made;
	consequences: Consequence[];
}

/** A change as a pure function, after the rules that the registry's own crate has. Throws a `WireError`. */
export function next(document: Document, change: ChangeRequest, stamp: Stamp): Next {
	const draft = new Draft(document, stamp);
	switch (change.kind) {
		case 'rollback':
			return draft.rollback(change);
		case 'promote':
			return draft.promote(change);
		case 'undo':
			return draft.undo(change.seq ?? document.seq);
		case 'restore':
			return draft.restore(change);
		case 'yank':
			draft.yank(change.version, change.reason);
			return draft.done('yank', [change.version], change.reason);
		case 'unyank':
			draft.release(change.version).yanked = null;
			draft.say({ kind: 'unyanks', version: change.version });
			return draft.done('unyank', [change.version], change.reason);
		case 'deprecate':
			draft.release(change.version).deprecated = { message: change.message, replacement: change.replacement };
			draft.say({ kind: 'deprecates', version: change.version });
			return draft.done('deprecate', [change.version], change.message);
		case 'undeprecate':
			draft.release(change.version).deprecated = null;
			draft.say({ kind: 'undeprecates', version: change.version });
			return draft.done('undeprecate', [change.version], null);
	}
}

type Of<K extends ChangeRequest['kind']> = Extract<ChangeRequest, { kind: K }>;

class Draft {
	private readonly state: State;
	private readonly consequences: Consequence[] = [];
	private readonly moves: Made['moves'] = [];

	constructor(
		private readonly document: Document,
		private readonly stamp: Stamp,
	) {
		this.state = document.state();
	}

	say(c: Consequence): void {
		this.consequences.push(c);
	}

	release(version: string): ReleaseView {
		const found = this.state.releases.find((r) => r.version === version);
		if (found === undefined) throw notFound(`version ${version}`);
		return found;
	}

	done(kind: Made['kind'], versions: string[], reason: string | null): Next {
		const made = { kind, versions, moves: this.moves, reason, ...this.stamp };
		return { state: this.state, made, consequences: this.consequences };
	}

	private channel(name: string, expect: string | null) {
		const channel = this.state.channels.find((c) => c.name === name);
		if (expect !== null && channel?.version !== expect) {
			throw moved(name, channel?.version ?? '', this.document.revision(this.document.seq)?.by ?? '');
		}
		return channel;
	}

	private move(name: string, to: string, held: boolean): void {
		const channel = this.state.channels.find((c) => c.name === name);
		const from = channel?.version ?? null;
		const at = { version: to, held, since: this.stamp.at, rolled_back: null };
		if (channel === undefined) this.state.channels.push({ name, ...at });
		else Object.assign(channel, at);
		this.moves.push({ channel: name, from, to });
		this.say({ kind: 'moves', channel: name, from, to });
	}

	private target(version: string): ReleaseView {
		const release = this.release(version);
		if (release.yanked !== null) {
			throw wireError(
				'refused',
				'yanked',
				`${version} is yanked: “${release.yanked.reason}”`,
				'Unyank it first.',
			);
		}
		return release;
	}

	private compareHosts(from: string, to: string): void {
		const [a, b] = [this.release(from).hosts, this.release(to).hosts];
		let same = true;
		for (const host of new Set([...Object.keys(a), ...Object.keys(b)])) {
			if (a[host] === b[host]) continue;
			same = false;
			this.say({ kind: 'host_differs', host, from: a[host] ?? null, to: b[host] ?? null });
		}
		if (same) this.say({ kind: 'same_hosts', from, to });
	}

	rollback({ channel: name, to, reason, yank, expect }: Of<'rollback'>): Next {
		const channel = this.channel(name, expect);
		if (channel === undefined) throw notFound(`channel ${name}`);
		const from = channel.version;
		this.target(to);
		// Releases stand newest first.
		const place = (version: string) => this.state.releases.findIndex((r) => r.version === version);
		if (place(to) <= place(from)) {
			throw wireError('refused', 'not_earlier', `${name} is at ${from}; ${to} is not earlier.`);
		}
		this.move(name, to, true);
		this.say({ kind: 'held', channel: name });
		this.compareHosts(from, to);
		const record = { channel: name, from, to, reason, ...this.stamp };
		channel.rolled_back = record;
		this.release(from).rolled_back = record;
		if (yank) this.yank(from, reason);
		return this.done('rollback', [from, to], reason);
	}

	promote({ channel: name, version, expect }: Of<'promote'>): Next {
		const channel = this.channel(name, expect);
		this.target(version);
		const held = channel?.held ?? false;
		const from = channel?.version ?? null;
		if (from === version) {
			this.say(held ? { kind: 'released', channel: name } : { kind: 'nothing_changes' });
			if (channel) channel.held = false;
			return this.done('promote', [version], null);
		}
		this.move(name, version, false);
		if (held) this.say({ kind: 'released', channel: name });
		if (from !== null) this.compareHosts(from, version);
		const release = this.release(version);
		if (release.rolled_back?.channel === name) release.rolled_back = null;
		return this.done('promote', [version], null);
	}

	yank(version: string, reason: string): void {
		const there = this.state.channels.filter((c) => c.version === version).map((c) => c.name);
		if (there.length > 0) {
			throw wireError(
				'refused',
				'channels_point_there',
				`${there.join(', ')} points to ${version}.`,
				'Point the channel at another version first.',
				{ version, channels: there.join(', ') },
			);
		}
		this.release(version).yanked = { reason, ...this.stamp };
		this.say({ kind: 'yanks', version });
	}

	restore({ seq, reason, expect }: Of<'restore'>): Next {
		const revision = this.document.revision(seq);
		if (revision === undefined) throw notFound(`revision ${seq}`);
		if (expect !== null && expect !== this.document.seq) {
			const by = this.document.revision(this.document.seq)?.by ?? '';
			const message = `The plugin was changed meanwhile: ${by} wrote revision ${this.document.seq}.`;
			throw wireError(
				'conflict',
				'revision_moved',
				message,
				'Look at what stands there now, and decide again.',
			);
		}
		const then = this.document.state(seq);
		const newer = this.state.releases.filter((r) => !then.releases.some((t) => t.version === r.version));
		const state = { channels: then.channels, releases: [...newer, ...then.releases] };
		const consequences = differences(this.state, state);
		const moves = consequences.flatMap((c) =>
			c.kind === 'moves' ? [{ channel: c.channel, from: c.from, to: c.to }] : [],
		);
		const said: Consequence[] = consequences.length > 0 ? consequences : [{ kind: 'nothing_changes' }];
		return {
			state,
			made: { kind: 'restore', versions: [], moves, reason, ...this.stamp },
			consequences: said,
		};
	}

	undo(seq: number): Next {
		const revision = this.document.revision(seq);
		if (revision === undefined || revision.kind === 'publish') {
			throw wireError('refused', 'no_revision', `There is no revision ${seq} that could be undone.`);
		}
		const before = this.document.state(seq - 1);
		for (const { channel, from, to } of revision.moves) {
			const now = this.state.channels.find((c) => c.name === channel);
			if (now?.version !== to) throw moved(channel, now?.version ?? '', this.stamp.by);
			this.moves.push({ channel, from: to, to: from });
			this.say({ kind: 'moves', channel, from: to, to: from });
		}
		const yanked = (s: State) => new Set(s.releases.filter((r) => r.yanked !== null).map((r) => r.version));
		const [was, is] = [yanked(before), yanked(this.state)];
		for (const version of is) if (!was.has(version)) this.say({ kind: 'unyanks', version });
		for (const version of was) if (!is.has(version)) this.say({ kind: 'yanks', version });
		const made = {
			kind: 'undo' as const,
			versions: revision.versions,
			moves: this.moves,
			reason: null,
			...this.stamp,
		};
		return { state: before, made, consequences: this.consequences };
	}
}

/** How two states differ, told as a change from the one to the other. */
export function differences(from: State, to: State): Consequence[] {
	const said: Consequence[] = [];
	const names = new Set([...from.channels, ...to.channels].map((c) => c.name));
	for (const channel of names) {
		const [old, now] = [from, to].map((s) => s.channels.find((c) => c.name === channel));
		if (old?.version !== now?.version) {
			said.push({ kind: 'moves', channel, from: old?.version ?? null, to: now?.version ?? null });
		}
		if (now !== undefined && (old?.held ?? false) !== now.held) {
			said.push({ kind: now.held ? 'held' : 'released', channel });
		}
	}
	for (const release of to.releases) {
		const { version } = release;
		const old = from.releases.find((r) => r.version === version);
		if (old === undefined) said.push({ kind: 'adds', version });
		else {
			if ((old.yanked === null) !== (release.yanked === null)) {
				said.push({ kind: release.yanked === null ? 'unyanks' : 'yanks', version });
			}
			if ((old.deprecated === null) !== (release.deprecated === null)) {
				said.push({ kind: release.deprecated === null ? 'undeprecates' : 'deprecates', version });
			}
		}
	}
	return said;
}
