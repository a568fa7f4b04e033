import type { Theme } from '../generated/Theme';

/** Applies a theme to the document, and follows the system where the person left it to the system. */
export class Look {
	private setting: Theme = 'system';

	constructor(private readonly window: Window) {}

	private get system(): MediaQueryList | null {
		return this.window.matchMedia?.('(prefers-color-scheme: dark)') ?? null;
	}

	use(theme: Theme): void {
		this.setting = theme;
		const dark = theme === 'system' ? this.system?.matches : theme === 'dark';
		this.window.document.documentElement.dataset.theme = dark ? 'dark' : 'light';
	}

	/** Follows the system. Returns what ends it. */
	follow(): () => void {
		const { system } = this;
		const update = () => this.use(this.setting);
		system?.addEventListener('change', update);
		return () => system?.removeEventListener('change', update);
	}
}
