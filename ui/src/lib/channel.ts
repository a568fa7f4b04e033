/** Which of the three channel colours a channel has. The name always goes with it. */
export function channelTone(name: string): 'stable' | 'beta' | 'other' {
	return name === 'stable' || name === 'beta' ? name : 'other';
}

/** What a channel may be called: as `ChannelName` in the registry crate. */
export function isChannelName(name: string): boolean {
	return /^[a-z][a-z0-9-]{0,31}$/.test(name);
}
