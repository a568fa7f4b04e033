import { within } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';
import { unreachable } from '../../backend/memory/errors';
import { stage } from '../../tests/stage';

const names = (list: HTMLElement) =>
	within(list)
		.getAllByRole('option')
		.map((row) => row.querySelector('.name')?.textContent);

describe('the list', () => {
	test('shows the local copy as rows with their positions', async () => {
		const { screen } = await stage();
		const list = await screen.findByRole('listbox', { name: 'Plugins' });
		const rows = within(list).getAllByRole('option');
		expect(rows[0]?.getAttribute('aria-posinset')).toBe('1');
		expect(rows[0]?.getAttribute('aria-setsize')).toBe('12');
		expect(screen.getByRole('navigation').textContent).toContain('12');
	});

	test('typing narrows it, and the first result is selected', async () => {
		const { screen, user } = await stage();
		await user.type(await screen.findByRole('textbox', { name: 'Search plugins' }), 'timesheet');
		const list = await screen.findByRole('listbox');
		expect(names(list)).toEqual(['Timesheet Export']);
		expect(screen.getByText('1 plugin')).toBeTruthy();
		const preview = screen.getByRole('complementary', { name: 'Details' });
		expect(within(preview).getByText('3.3.0 was rolled back')).toBeTruthy();
	});

	test('arrows move the selection, the preview follows, Enter opens', async () => {
		const { screen, user, app } = await stage();
		await user.click(await screen.findByRole('textbox', { name: 'Search plugins' }));
		await user.keyboard('{ArrowDown}{ArrowDown}');
		const second = within(screen.getByRole('listbox')).getAllByRole('option')[1];
		expect(second?.getAttribute('aria-selected')).toBe('true');
		expect(document.activeElement).toBe(second);
		const name = second?.querySelector('.name')?.textContent ?? '';
		expect(within(screen.getByRole('complementary')).getByRole('heading', { name })).toBeTruthy();
		await user.keyboard('{Enter}');
		expect(app.route.current).toMatchObject({ name: 'plugin', tab: 'overview' });
	});

	test('a category narrows it, and again lets go', async () => {
		const { screen, user } = await stage();
		const chip = await screen.findByRole('button', { name: /^Science/ });
		await user.click(chip);
		expect(names(screen.getByRole('listbox'))).toEqual(['Frozen Lake', 'Zotero Bridge']);
		expect(screen.getByRole('button', { name: /^Science/, pressed: true })).toBeTruthy();
		await user.click(screen.getByRole('button', { name: /^Science/ }));
		expect(within(screen.getByRole('listbox')).getAllByRole('option').length).toBeGreaterThan(2);
	});
});

describe('when there is nothing', () => {
	test('an empty registry says so', async () => {
		const { screen } = await stage({ plugins: 0 });
		expect(await screen.findByRole('heading', { name: 'No plugins yet' })).toBeTruthy();
		expect(screen.queryByRole('listbox')).toBeNull();
	});

	test('no result says what to loosen', async () => {
		const { screen, user } = await stage();
		await user.click(await screen.findByRole('button', { name: /^Science/ }));
		await user.type(screen.getByRole('textbox'), 'zzz');
		expect(await screen.findByRole('heading', { name: 'Nothing found for “zzz”' })).toBeTruthy();
		expect(screen.getByRole('button', { name: 'Search in all categories' })).toBeTruthy();
		await user.click(screen.getAllByRole('button', { name: 'Clear the search' }).at(-1) as HTMLElement);
		expect(names(await screen.findByRole('listbox'))).toEqual(['Frozen Lake', 'Zotero Bridge']);
	});
});

describe('when something is wrong', () => {
	test('offline, the last state stands, and it says since when', async () => {
		const { screen, user, memory } = await stage({ offline: true });
		expect(await screen.findByText('Offline: this is what was there 1 minute ago')).toBeTruthy();
		expect(within(screen.getByRole('listbox')).getAllByRole('option').length).toBeGreaterThan(0);
		expect(screen.getByText('Offline · 1 minute ago')).toBeTruthy();
		memory.offline = false;
		await user.click(screen.getByRole('button', { name: 'Try again' }));
		expect(await screen.findByText('Synced just now')).toBeTruthy();
		expect(screen.queryByText(/^Offline: /)).toBeNull();
	});

	test('an unreadable local copy is an error with a next step', async () => {
		const { screen, user } = await stage({}, '#/browse', (memory) => {
			for (let i = 0; i < 3; i += 1) memory.failNext('browse', unreachable);
		});
		expect(await screen.findByRole('heading', { name: 'The plugins could not be read' })).toBeTruthy();
		await user.click(screen.getByRole('button', { name: 'Try again' }));
		await user.click(screen.queryByRole('button', { name: 'Try again' }) ?? document.body);
		expect(await screen.findByRole('listbox')).toBeTruthy();
	});

	test('a host that does not start is said, and can be tried again', async () => {
		const { screen, user } = await stage({}, '#/browse', (memory) => memory.failNext('start', unreachable));
		expect(await screen.findByRole('heading', { name: 'Patchbay could not start.' })).toBeTruthy();
		await user.click(screen.getByRole('button', { name: 'Try again' }));
		expect(await screen.findByRole('listbox')).toBeTruthy();
	});
});

test('a read-only registry offers neither publishing nor releases', async () => {
	const { screen, app, user } = await stage();
	expect(await screen.findByRole('button', { name: 'Releases' })).toBeTruthy();
	await app.useRegistry('community');
	await user.keyboard('{Escape}');
	expect(screen.queryByRole('button', { name: 'Releases' })).toBeNull();
});
