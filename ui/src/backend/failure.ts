import type { WireError } from '../generated/WireError';

/** True for what Rust rejects with. */
export function isWireError(reason: unknown): reason is WireError {
	return (
		typeof reason === 'object' &&
		reason !== null &&
		'code' in reason &&
		'kind' in reason &&
		'message' in reason
	);
}

/** Whatever was thrown, as an error that can be shown. What is not from Rust is a bug of ours: nothing of it is shown. */
export function toWireError(reason: unknown): WireError {
	if (isWireError(reason)) return reason;
	return {
		code: 'failed',
		kind: 'unexpected',
		message: 'Something went wrong inside Patchbay.',
		hint: 'Try again; if it happens again, start Patchbay anew.',
		data: {},
	};
}
