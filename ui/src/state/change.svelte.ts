import { type Backend, toWireError } from '../backend';
import type { ChangeDone } from '../generated/ChangeDone';
import type { ChangePlan } from '../generated/ChangePlan';
import type { ChangeRequest } from '../generated/ChangeRequest';
import type { RevisionView } from '../generated/RevisionView';
import type { WireError } from '../generated/WireError';
import { direction } from '../lib/versions';
import type { Plugin } from './plugin.svelte';

/** What a person wants to do to a plugin, before it is clear what that means. */
export type Wish =
	| { kind: 'point'; channel: string; to: string }
	| { kind: 'name'; to: string }
	| { kind: 'yank' | 'unyank' | 'deprecate' | 'undeprecate'; version: string }
	| { kind: 'undo' | 'restore'; seq: number };

/** What it means: pointing a channel is a rollback or a promote, depending on where it stands. */
export type Mode = 'rollback' | 'promote' | 'letGo' | Exclude<Wish['kind'], 'point'>;

/** The longest reason, in characters. */
export const MAX_REASON = 500;

/** Planning needs some reason, and the person may not have typed theirs yet. A plan writes nothing. */
const NO_REASON_YET = '-';

/** A change from the first gesture to its result: wished, planned, confirmed, applied. */
export class Change {
	wish = $state.raw<Wish | null>(null);
	reason = $state('');
	replacement = $state('');
	alsoYank = $state(false);
	plan = $state.raw<ChangePlan | null>(null);
	/** Why it cannot be planned or was not applied. */
	error = $state.raw<WireError | null>(null);
	/** Somebody moved the channel meanwhile; the plan is on top of that. */
	conflict = $state(false);
	/** What others wrote meanwhile, newest first; empty when that cannot be read. */
	meanwhile = $state.raw<RevisionView[]>([]);
	/** It may or may not have been written. */
	unknown = $state(false);
	/** It was found out that it was not written. */
	notDone = $state(false);
	planning = $state(false);
	applying = $state(false);
	/** Where the person saw the channel. */
	seen = $state<string | null>(null);
	private asked = 0;
	/** The operation whose outcome is not known. */
	private op: string | null = null;

	constructor(
		private readonly backend: Backend,
		private readonly plugin: Plugin,
		/** Is told why something was not written. */
		private readonly heard: (error: WireError) => void = () => undefined,
	) {}

	get mode(): Mode | null {
		const { wish } = this;
		if (wish?.kind !== 'point') return wish?.kind ?? null;
		const way = direction(this.seen, wish.to);
		return way === 'back' ? 'rollback' : way === 'forward' ? 'promote' : 'letGo';
	}

	/** The version on the socket that the plug would go to. */
	get target(): string | null {
		const { wish } = this;
		return wish?.kind === 'point' || wish?.kind === 'name' ? wish.to : null;
	}

	get needsReason(): boolean {
		return this.mode !== null && ['rollback', 'yank', 'deprecate', 'restore'].includes(this.mode);
	}

	get tooLong(): boolean {
		return [...this.reason.trim()].length > MAX_REASON;
	}

	/** Whether it would write nothing. */
	get idle(): boolean {
		return this.plan?.consequences.every((c) => c.kind === 'nothing_changes') ?? false;
	}

	get ready(): boolean {
		const reasoned = !this.needsReason || this.reason.trim() !== '';
		return this.plan !== null && !this.idle && !this.planning && !this.applying && reasoned && !this.tooLong;
	}

	/** Begins. A reason already typed for the same kind of change is kept: moving the target is not starting anew. */
	begin(wish: Wish): Promise<void> {
		const before = this.wish?.kind;
		this.wish = wish;
		if (before !== wish.kind) {
			this.reason = '';
			this.replacement = '';
			this.alsoYank = false;
		}
		this.conflict = false;
		this.unknown = false;
		this.notDone = false;
		this.seen = this.standing();
		return this.replan();
	}

	cancel(): void {
		this.asked += 1;
		this.wish = null;
		this.plan = null;
		this.error = null;
		this.reason = '';
		this.replacement = '';
		this.alsoYank = false;
		this.applying = false;
	}

	/** Works out again what would happen. The last answer wins. */
	async replan(): Promise<void> {
		const request = this.request(NO_REASON_YET);
		this.asked += 1;
		const { asked } = this;
		if (request === null) {
			this.plan = null;
			this.error = null;
			return;
		}
		this.planning = true;
		this.error = null;
		try {
			const plan = await this.backend.plan(this.plugin.registry, this.plugin.id, request);
			if (asked !== this.asked) return;
			this.plan = plan;
		} catch (reason) {
			if (asked !== this.asked) return;
			this.plan = null;
			const error = toWireError(reason);
			if (error.code === 'conflict' && !this.conflict) await this.lookAgain();
			else this.error = error;
		} finally {
			if (asked === this.asked) this.planning = false;
		}
	}

	/** Applies it. Null when it was not applied; then `error`, `conflict` or `unknown` say why. */
	async confirm(): Promise<ChangeDone | null> {
		const request = this.request('');
		if (request === null || !this.ready) return null;
		this.applying = true;
		this.error = null;
		this.conflict = false;
		this.notDone = false;
		try {
			return await this.backend.apply(this.plugin.registry, this.plugin.id, request);
		} catch (reason) {
			const error = toWireError(reason);
			if (error.code === 'conflict') await this.lookAgain();
			else if (error.code === 'unknown_outcome') {
				this.unknown = true;
				this.op = error.data.op ?? null;
			} else {
				this.error = error;
				this.heard(error);
			}
			return null;
		} finally {
			this.applying = false;
		}
	}

	/** After an unknown outcome: true when what was wished for stands there. */
	async find(): Promise<boolean> {
		this.applying = true;
		await this.plugin.refresh();
		this.applying = false;
		if (this.plugin.error !== null) {
			this.error = this.plugin.error;
			return false;
		}
		const written = await this.isWritten();
		this.unknown = false;
		if (written || this.stands()) return true;
		this.notDone = true;
		this.seen = this.standing();
		await this.replan();
		return false;
	}

	/** Whether history has the operation: the one sure sign, also for what leaves no other. */
	private async isWritten(): Promise<boolean> {
		return this.op !== null && (await this.newest()).some((revision) => revision.op === this.op);
	}

	/** Reads what stands there now, and plans on top of it. */
	private async lookAgain(): Promise<void> {
		const known = this.plan?.seq ?? this.plugin.view?.seq ?? 0;
		await this.plugin.refresh();
		this.meanwhile = (await this.newest()).filter((revision) => revision.seq > known);
		this.seen = this.standing();
		this.conflict = true;
		await this.replan();
	}

	/** The newest page of history; nothing when it cannot be read, since what stands there now is shown all the same. */
	private async newest(): Promise<RevisionView[]> {
		try {
			return (await this.backend.history(this.plugin.registry, this.plugin.id, null)).revisions;
		} catch {
			return [];
		}
	}

	private standing(): string | null {
		const { wish } = this;
		if (wish?.kind !== 'point') return null;
		return this.plugin.view?.card.channels.find((c) => c.name === wish.channel)?.version ?? null;
	}

	private stands(): boolean {
		const { wish } = this;
		if (wish === null) return false;
		switch (wish.kind) {
			case 'point': {
				const channel = this.plugin.view?.card.channels.find((c) => c.name === wish.channel);
				return channel?.version === wish.to && (this.mode !== 'letGo' || !channel.held);
			}
			case 'yank':
				return this.plugin.release(wish.version)?.yanked !== null;
			case 'unyank':
				return this.plugin.release(wish.version)?.yanked === null;
			case 'deprecate':
				return this.plugin.release(wish.version)?.deprecated !== null;
			case 'undeprecate':
				return this.plugin.release(wish.version)?.deprecated === null;
			default:
				return false;
		}
	}

	private request(noReason: string): ChangeRequest | null {
		const { wish, seen: expect } = this;
		const reason = this.reason.trim() || noReason;
		switch (wish?.kind) {
			case 'point': {
				const { channel, to } = wish;
				if (this.mode === 'rollback')
					return { kind: 'rollback', channel, to, reason, yank: this.alsoYank, expect };
				return { kind: 'promote', channel, version: to, expect };
			}
			case 'yank':
				return { kind: 'yank', version: wish.version, reason };
			case 'unyank':
				return { kind: 'unyank', version: wish.version, reason: this.reason.trim() || null };
			case 'deprecate': {
				const replacement = this.replacement.trim() || null;
				return { kind: 'deprecate', version: wish.version, message: reason, replacement };
			}
			case 'undeprecate':
				return { kind: 'undeprecate', version: wish.version };
			case 'undo':
				return { kind: 'undo', seq: wish.seq };
			case 'restore': {
				// A restore takes back what others did, so they must have been seen: the plan shows it.
				const expectSeq = noReason === '' ? (this.plan?.seq ?? null) : null;
				return { kind: 'restore', seq: wish.seq, reason, expect: expectSeq };
			}
			default:
				return null;
		}
	}
}
