/** Settings; each is saved at once. */
export const settings = {
	title: 'Settings',
	subtitle: 'Changes are saved at once',
	saved: 'Saved',
	look: 'Appearance',
	theme: { system: 'As the system', light: 'Light', dark: 'Dark' },
	language: 'Language',
	languageHint: 'Names, descriptions and READMEs stay as their authors wrote them.',
	systemLanguage: (name: string) => `As the system (${name})`,
	tongues: { en: 'English', 'zh-CN': '简体中文' },
	actor: 'Your name',
	actorHint:
		'It is recorded with what you publish and change, and everybody who reads the registry can see it.',
	actorPlaceholder: 'The name of your account on this computer',
	about: 'About',
	version: 'Version',
	platform: 'System',
	platforms: { linux: 'Linux', macos: 'macOS', windows: 'Windows' } as Record<string, string>,
	keys: 'Show all keys',
};
