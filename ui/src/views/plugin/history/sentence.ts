import type { RevisionView } from '../../../generated/RevisionView';
import { f, m } from '../../../lib/messages';

/** What happened, in one line. */
export function sentence(revision: RevisionView): string {
	const words = m().plugin.history;
	const versions = f().list(revision.versions);
	const [move] = revision.moves;
	switch (revision.kind) {
		case 'rollback':
			return move ? words.rollback(move.channel, move.from ?? '', move.to ?? '') : words.undo;
		case 'promote':
			return move?.to ? words.promote(move.channel, move.to) : words.letGo(versions);
		case 'undo':
			return words.undo;
		case 'restore':
			return words.restore;
		case 'other':
			return words.other;
		default:
			return words[revision.kind](versions);
	}
}

/** The moves that the sentence does not already tell. */
export function otherMoves(revision: RevisionView): RevisionView['moves'] {
	return revision.kind === 'rollback' || revision.kind === 'promote'
		? revision.moves.slice(1)
		: revision.moves;
}
