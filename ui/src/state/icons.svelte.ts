import type { Backend } from '../backend';

/** Icons as `data:` URLs, fetched once. An icon that cannot be had is no error: the initial stands in for it. */
export class Icons {
	private readonly urls = $state<Record<string, string>>({});
	private readonly asked = new Set<string>();

	constructor(private readonly backend: Backend) {}

	/** The icon if it is there; begins to fetch it otherwise. */
	url(registry: string, id: string, digest: string | null): string | null {
		if (digest === null) return null;
		return this.urls[digest] ?? this.fetch(registry, id, digest);
	}

	private fetch(registry: string, id: string, digest: string): null {
		if (this.asked.has(digest)) return null;
		this.asked.add(digest);
		this.backend.icon(registry, id, digest).then(
			(url) => {
				this.urls[digest] = url;
			},
			() => {
				// Asked again at the next start; see above.
			},
		);
		return null;
	}
}
