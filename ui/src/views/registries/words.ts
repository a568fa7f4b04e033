import Database from '@lucide/svelte/icons/database';
import Globe from '@lucide/svelte/icons/globe';
import HardDrive from '@lucide/svelte/icons/hard-drive';
import type { CredentialSource } from '../../generated/CredentialSource';
import { m } from '../../lib/messages';

/** What stands for a kind of registry. */
export const KIND_ICONS = { embedded: HardDrive, s3: Database, http: Globe } as const;

/** Where credentials come from, in words. */
export function saySource(credentials: CredentialSource): string {
	const words = m().registries.source;
	return credentials.source === 'profile' ? words.profile(credentials.name) : words[credentials.source];
}
