import { fireEvent, waitFor, within } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';
import { denied } from '../../backend/memory/errors';
import { stage } from '../../tests/stage';

describe('the palette', () => {
	test('finds commands and plugins, and opens a plugin', async () => {
		const { screen, user, app } = await stage();
		await user.keyboard('{Control>}k{/Control}');
		const field = await screen.findByRole('combobox', { name: 'Commands and plugins' });
		await user.type(field, 'timesheet');
		const list = screen.getByRole('listbox', { name: 'Commands and plugins' });
		const option = await within(list).findByRole('option', { name: /^T? ?Timesheet Export/ });
		expect(field.getAttribute('aria-activedescendant')).toBe(option.id);
		await user.keyboard('{Enter}');
		await waitFor(() => expect(app.route.current).toMatchObject({ name: 'plugin', id: 'timesheet-export' }));
	});

	test('changes the appearance and the language', async () => {
		const { screen, user, memory } = await stage();
		await user.keyboard('{Control>}k{/Control}');
		await user.type(await screen.findByRole('combobox'), 'dark{Enter}');
		await waitFor(() => expect(document.documentElement.dataset.theme).toBe('dark'));
		await user.keyboard('{Control>}k{/Control}');
		await user.type(await screen.findByRole('combobox'), '语言{Enter}');
		expect(await screen.findByRole('button', { name: '浏览 12' })).toBeTruthy();
		expect(document.documentElement.lang).toBe('zh-CN');
		expect((await memory.start()).settings).toMatchObject({ theme: 'dark', language: 'zh-CN' });
	});

	test("an input method's Enter chooses characters, not commands", async () => {
		const { screen, user, app } = await stage();
		await user.keyboard('{Control>}k{/Control}');
		const field = await screen.findByRole('combobox');
		await fireEvent.keyDown(field, { key: 'Enter', isComposing: true });
		expect(app.dialog).toBe('palette');
		await fireEvent.keyDown(field, { key: 'Process', keyCode: 229 });
		expect(app.dialog).toBe('palette');
	});
});

describe('keys', () => {
	test('? shows them, / searches, and neither does so while somebody types', async () => {
		const { screen, user, app } = await stage();
		const field = await screen.findByRole('textbox', { name: 'Search plugins' });
		await user.keyboard('?');
		expect(await screen.findByRole('dialog', { name: 'Keys' })).toBeTruthy();
		await user.keyboard('{Escape}');
		await waitFor(() => expect(app.dialog).toBeNull());
		await user.keyboard('/');
		await waitFor(() => expect(document.activeElement).toBe(field));
		await user.keyboard('/?');
		expect(app.browse.query).toBe('/?');
		expect(app.dialog).toBeNull();
	});

	test('Esc clears the search first, then closes nothing', async () => {
		const { screen, user, app } = await stage();
		await user.type(await screen.findByRole('textbox'), 'zot');
		await user.keyboard('{Escape}');
		expect(app.browse.query).toBe('');
		expect(app.route.current).toEqual({ name: 'browse' });
	});
});

test('a link of a README opens outside only after it was shown where', async () => {
	const { screen, user, memory } = await stage({}, '#/plugin/timesheet-export/overview');
	await user.click(await screen.findByRole('link', { name: 'documentation' }));
	const dialog = await screen.findByRole('dialog', { name: 'Open this link outside?' });
	expect(dialog.textContent).toContain('https://example.com/timesheet-export/docs');
	expect(memory.opened).toEqual([]);
	await user.click(within(dialog).getByRole('button', { name: 'Open link' }));
	await waitFor(() => expect(memory.opened).toEqual(['https://example.com/timesheet-export/docs']));
});

test('closing while a job runs is asked once', async () => {
	const { screen, user, memory, app } = await stage();
	memory.requestClose();
	const dialog = await screen.findByRole('alertdialog', { name: 'A job is still running' });
	await user.click(within(dialog).getByRole('button', { name: 'Keep open' }));
	expect(app.dialog).toBeNull();
});

test('a folder that is dropped anywhere is published', async () => {
	const { screen, memory, app } = await stage();
	memory.drop({ kind: 'over', paths: [] });
	expect(await screen.findByText('Drop to publish')).toBeTruthy();
	memory.drop({ kind: 'drop', paths: ['/home/mei/code/clip-board'] });
	expect(app.route.current).toEqual({ name: 'publish', path: '/home/mei/code/clip-board' });
});

test('switching the registry begins at its list', async () => {
	const { screen, user, app } = await stage({}, '#/plugin/timesheet-export/versions');
	(await screen.findByRole('button', { name: /^Switch registry/ })).focus();
	await user.keyboard('{Enter}');
	// A menu is invisible where nothing is laid out, but it has its keys.
	await waitFor(() => expect(document.activeElement?.textContent).toContain('acme-plugins'));
	await user.keyboard('{ArrowDown}{Enter}');
	await waitFor(() => expect(app.route.current).toEqual({ name: 'browse' }));
	expect(app.registries.name).toBe('local');
});

test('a registry that became read-only says why, and what to do', async () => {
	const { screen, user, memory } = await stage({}, '#/plugin/timesheet-export/history?at=10');
	await user.click(await screen.findByRole('button', { name: 'Restore this state…' }));
	await user.type(await screen.findByRole('textbox', { name: 'Why?' }), 'It was fine.');
	memory.denied = denied;
	await user.click(screen.getByRole('button', { name: 'Restore' }));
	const title = await screen.findByText('acme-plugins can only be read now');
	const banner = within(title.closest<HTMLElement>('[role=status]') ?? title);
	expect(banner.getByText('These credentials may not write plugins/timesheet-export.json.')).toBeTruthy();
	expect(banner.getByText('Ask whoever administers the bucket for this permission.')).toBeTruthy();
	const navigation = within(screen.getByRole('navigation', { name: 'Main' }));
	expect(navigation.queryByRole('button', { name: 'Publish' })).toBeNull();
	memory.denied = null;
	await user.click(banner.getByRole('button', { name: 'Test the connection' }));
	expect(await navigation.findByRole('button', { name: 'Publish' })).toBeTruthy();
	expect(screen.queryByText('acme-plugins can only be read now')).toBeNull();
});
