import { m } from '../../../lib/messages';
import type { Change } from '../../../state';

/** What the panel of a change says: title, lead, the confirming button, and the result. */
export interface ChangeWords {
	title: string;
	lead: string;
	confirm: string;
	done: string;
}

/** The words for what a change means now; null when nothing is wished for. */
export function changeWords(change: Change): ChangeWords | null {
	const { wish, mode } = change;
	const words = m().change;
	if (wish === null || mode === null) return null;
	switch (wish.kind) {
		case 'point': {
			const { channel, to } = wish;
			if (mode === 'rollback') {
				const { title, lead, confirm, done } = words.rollback;
				return { title: title(channel, to), lead, confirm, done: done(channel, to) };
			}
			if (mode === 'letGo') {
				const { title, lead, confirm, done } = words.letGo;
				return { title: title(channel), lead: lead(to), confirm, done: done(channel) };
			}
			const { title, lead, confirm, done } = words.promote;
			return { title: title(channel, to), lead, confirm: confirm(channel), done: done(channel, to) };
		}
		case 'name': {
			const { title, next } = words.newChannel;
			return { title: title(wish.to), lead: words.promote.lead, confirm: next, done: '' };
		}
		case 'undo': {
			const { title, lead, confirm, done } = words.undo;
			return { title: title(wish.seq), lead, confirm, done };
		}
		case 'restore': {
			const { title, lead, confirm, done } = words.restore;
			return { title: title(wish.seq), lead, confirm, done: done(wish.seq) };
		}
		default: {
			const { title, lead, confirm, done } = words[wish.kind];
			return { title: title(wish.version), lead, confirm, done: done(wish.version) };
		}
	}
}
