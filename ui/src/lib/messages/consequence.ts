import type { Consequence } from '../../generated/Consequence';
import { range } from '../range';
import { m } from './language.svelte';

/** One consequence of a change as a sentence. */
export function sayConsequence(c: Consequence): string {
	const say = m().change.say;
	switch (c.kind) {
		case 'moves':
			if (c.to === null) return say.removed(c.channel);
			return c.from === null ? say.created(c.channel, c.to) : say.moves(c.channel, c.from, c.to);
		case 'stays':
			return c.at === null ? say.stays.nowhere(c.channel) : say.stays[c.because](c.channel, c.at);
		case 'held':
			return say.held(c.channel);
		case 'released':
			return say.released(c.channel);
		case 'same_hosts':
			return say.sameHosts(c.from, c.to);
		case 'host_differs':
			if (c.to === null) return say.hostRemoved(c.host, range(c.from ?? ''));
			return c.from === null
				? say.hostAdded(c.host, range(c.to))
				: say.hostDiffers(c.host, range(c.from), range(c.to));
		case 'yanks':
			return say.yanks(c.version);
		case 'unyanks':
			return say.unyanks(c.version);
		case 'deprecates':
			return say.deprecates(c.version);
		case 'undeprecates':
			return say.undeprecates(c.version);
		case 'becomes':
			return say.becomes[c.status];
		case 'adds':
			return say.adds(c.version);
		case 'already_live':
			return say.alreadyLive(c.version);
		case 'nothing_changes':
			return say.nothingChanges;
	}
}
