import type { ChannelChoice } from '../../generated/ChannelChoice';
import type { PublishPlan } from '../../generated/PublishPlan';
import { m } from '../../lib/messages';

/** The channels to choose from, each with what publishing to it would do. */
export function channelOptions(plan: PublishPlan, version: string) {
	return plan.channels.map((choice) => ({
		value: choice.channel,
		label: choice.channel,
		hint: effect(choice, version),
	}));
}

function effect({ at, stays }: ChannelChoice, version: string): string {
	const words = m().publish.version;
	if (stays === 'pre_release') return words.stays.pre_release(at);
	if (at === null) return words.begins(version);
	return stays === null ? words.moves(at, version) : words.stays[stays](at);
}
