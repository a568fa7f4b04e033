import type { Code } from '../../generated/Code';
import type { WireError } from '../../generated/WireError';

/** An error as Rust would send it. */
export function wireError(
	code: Code,
	kind: string,
	message: string,
	hint?: string,
	data: Record<string, string> = {},
): WireError {
	return { code, kind, message, data, ...(hint === undefined ? {} : { hint }) };
}

export const notFound = (what: string) => wireError('not_found', 'no_plugin', `There is no ${what}.`);

export const unreachable = wireError(
	'network',
	'unreachable',
	'The registry at s3.eu-central-1.amazonaws.com cannot be reached: the name does not resolve.',
	'Check the network connection, then try again.',
	{ endpoint: 's3.eu-central-1.amazonaws.com', reason: 'the name does not resolve' },
);

export const shrank = wireError(
	'refused',
	'catalogue_shrank',
	'The catalogue has 3 plugins, where it had 12.',
	'What was known still serves. Ask whoever administers the registry; to accept what it holds, use `patchbay sync --accept`.',
	{ had: '12', has: '3' },
);

export const readOnly = wireError(
	'refused',
	'read_only',
	'This registry is served over public HTTP and can only be read.',
	'Ask whoever runs it for access to its bucket.',
);

export const lost = wireError(
	'unknown_outcome',
	'unknown_outcome',
	'The connection was cut before the registry answered.',
	'Find out whether it was written before you try again.',
);

export const moved = (channel: string, now: string, by: string) =>
	wireError(
		'conflict',
		'channel_moved',
		`${channel} was moved meanwhile: ${by} pointed it to ${now}.`,
		'Look at it again and decide anew.',
		{ channel, now, by },
	);

export const denied = wireError(
	'credentials',
	'denied',
	'These credentials may not write plugins/timesheet-export.json.',
	'Ask whoever administers the bucket for this permission.',
	{ verb: 'write', what: 'plugins/timesheet-export.json' },
);
