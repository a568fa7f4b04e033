import type { ChannelView } from '../../../generated/ChannelView';
import type { ReleaseView } from '../../../generated/ReleaseView';

/** Pixels: a row, a plug, and the distance of two plugs on one socket. */
export const ROW = 52;
export const PLUG = 24;
const FAN = 28;

/** A row of the rail: where its socket is. */
export interface Socket {
	release: ReleaseView;
	/** Top of the row. */
	top: number;
	height: number;
	/** Centre of the socket. */
	y: number;
	/** The channels that are plugged in, `stable` first. */
	channels: string[];
}

/** A plug: where it is, and where its socket is. Several plugs on one socket fan out. */
export interface PlugPlace {
	channel: string;
	version: string;
	y: number;
	socketY: number;
	held: boolean;
	/** Where a channel would be. */
	ghost: boolean;
}

/** The whole rail. */
export interface Rail {
	sockets: Socket[];
	plugs: PlugPlace[];
	height: number;
}

/** Lays out the rail. A ghost is where a plug would go, or where it was while it is being dragged. */
export function layOut(
	releases: ReleaseView[],
	channels: ChannelView[],
	ghost: { channel: string; version: string } | null,
): Rail {
	const sockets: Socket[] = [];
	const plugs: PlugPlace[] = [];
	let top = 0;
	for (const release of releases) {
		const here = channels.filter((c) => c.version === release.version);
		const there = [
			...here.map((c) => ({ channel: c.name, held: c.held, ghost: false })),
			...(ghost?.version === release.version ? [{ channel: ghost.channel, held: false, ghost: true }] : []),
		];
		const height = Math.max(ROW, there.length * FAN);
		const y = top + height / 2;
		sockets.push({ release, top, height, y, channels: here.map((c) => c.name) });
		for (const [i, plug] of there.entries()) {
			const offset = (i - (there.length - 1) / 2) * FAN;
			plugs.push({ ...plug, version: release.version, y: y + offset, socketY: y });
		}
		top += height;
	}
	return { sockets, plugs, height: top };
}

/** The row nearest to a height. */
export function nearest(sockets: Socket[], y: number): Socket | null {
	return sockets.find((s) => y < s.top + s.height) ?? sockets.at(-1) ?? null;
}

/** The next version that a channel could be pointed to; yanked ones are passed over. `-1` is newer, `1` is older. */
export function neighbour(releases: ReleaseView[], version: string, step: -1 | 1): string | null {
	const at = releases.findIndex((r) => r.version === version);
	for (let i = at + step; i >= 0 && i < releases.length; i += step) {
		const release = releases[i];
		if (release && release.yanked === null) return release.version;
	}
	return null;
}
