import type { Messages } from '../en';

export const settings: Messages['settings'] = {
	title: '设置',
	subtitle: '更改会立即保存',
	saved: '已保存',
	look: '外观',
	theme: { system: '跟随系统', light: '浅色', dark: '深色' },
	language: '语言',
	languageHint: '插件的名称、简介和 README 保持作者所写的语言。',
	systemLanguage: (name) => `跟随系统（${name}）`,
	tongues: { en: 'English', 'zh-CN': '简体中文' },
	actor: '你的名字',
	actorHint: '它会随你的发布和更改一同记录，能读取仓库的人都能看到。',
	actorPlaceholder: '默认使用这台电脑的账户名',
	about: '关于',
	version: '版本',
	platform: '系统',
	platforms: { linux: 'Linux', macos: 'macOS', windows: 'Windows' },
	keys: '显示全部快捷键',
};
