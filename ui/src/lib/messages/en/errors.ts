import type { Sentences } from '../errors';

const logIn = () => ({ hint: 'Log in under Registries, or choose another source of credentials there.' });
const another = () => ({ hint: 'Choose another source of credentials for this registry under Registries.' });
const test = () => ({ hint: 'Test the connection under Registries.' });

/** What Rust says to people at a command line is said to people at a window. */
export const errors: Sentences = {
	object_missing: test,
	store_refused: test,
	no_credentials: logIn,
	wrong_key: () => ({
		hint: 'Check the key with whoever gave it to you, then enter it again under Registries.',
	}),
	credentials_not_stored: logIn,
	credentials_damaged: logIn,
	credentials_too_long: another,
	credentials_not_in_environment: ({ variable }) => ({
		hint: `Set ${variable} and start Patchbay again, or choose another source under Registries.`,
	}),
	credentials_unavailable: another,
	no_keychain: ({ reason }) => ({
		hint: `${reason === 'locked' || reason === 'silent' ? 'Unlock' : 'Start'} the keychain, or choose an AWS profile or the environment under Registries.`,
	}),
	not_keychain: () => ({ hint: 'Remove the registry and add it again with a key of its own.' }),
	no_bucket: () => ({ hint: "Check the bucket's name and the endpoint, or let Patchbay create it." }),
	not_a_registry: () => ({
		hint: 'Check the bucket and the prefix; an empty bucket can be turned into a registry when it is added.',
	}),
	not_empty: () => ({ hint: 'Choose an empty bucket, or a prefix of its own.' }),
	registry_unknown: () => ({ hint: 'Add it under Registries.' }),
	registry_none: () => ({ hint: 'Add one under Registries.' }),
	no_plugin: () => ({ hint: 'Check the id, or search under Browse.' }),
	no_version: () => ({ hint: 'See what there is under Versions.' }),
	no_channel: () => ({ hint: 'See the channels under Versions.' }),
	no_revision: () => ({ hint: 'See what there is under History.' }),
	channels_point_there: ({ channels = '' }) => ({
		hint: `Point ${channels.split(', ')[0]} at another version first; a rollback can yank in the same step.`,
	}),
	secret: () => ({
		hint: 'Take it out and revoke it. If it is none, say so below; every other finding is asked about again.',
	}),
	unknown_outcome: () => ({ hint: 'Find out now: the registry is asked, and nothing is written twice.' }),
	job_unknown: () => ({ hint: 'See what there is under Activity.' }),
};
