/** The door to the host, and the choice between its two sides. */
import type { Backend } from './backend';

export type { Backend, Drop, Stop } from './backend';
export { isWireError, toWireError } from './failure';

/** Rust where there is Rust; in a plain browser, which only development has, what memory holds. */
export async function connect(): Promise<Backend> {
	if (import.meta.env.MODE !== 'production' && !('__TAURI_INTERNALS__' in window)) {
		const { memoryFromAddress } = await import('./memory/address');
		return memoryFromAddress(window.location.search);
	}
	return (await import('./tauri')).tauri;
}
