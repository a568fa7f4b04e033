import { within } from '@testing-library/svelte';
import { describe, expect, test, vi } from 'vitest';
import { unreachable } from '../../backend/memory/errors';
import { speak } from '../../lib/messages';
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

	test('Home and End go to the ends, / to the search, and Esc empties it', async () => {
		const { screen, user } = await stage();
		await user.click(await screen.findByRole('textbox', { name: 'Search plugins' }));
		await user.keyboard('{ArrowDown}{End}');
		const last = within(screen.getByRole('listbox')).getAllByRole('option').at(-1);
		expect(last?.getAttribute('aria-posinset')).toBe('12');
		expect(last?.getAttribute('aria-selected')).toBe('true');
		await user.keyboard('{Home}/');
		const field = screen.getByRole<HTMLInputElement>('textbox');
		expect(document.activeElement).toBe(field);
		await user.keyboard('timesheet');
		expect(await screen.findByText('1 plugin')).toBeTruthy();
		await user.keyboard('{Escape}');
		expect(field.value).toBe('');
	});

	test('a press empties the field, and leaves the focus there', async () => {
		const { screen, user } = await stage();
		const field = await screen.findByRole<HTMLInputElement>('textbox', { name: 'Search plugins' });
		expect(screen.queryByRole('button', { name: 'Clear the search' })).toBeNull();
		await user.type(field, 'timesheet');
		expect(await screen.findByText('1 plugin')).toBeTruthy();
		await user.click(screen.getByRole('button', { name: 'Clear the search' }));
		expect(await screen.findByText('12 plugins')).toBeTruthy();
		expect(field.value).toBe('');
		expect(document.activeElement).toBe(field);
		expect(screen.queryByRole('button', { name: 'Clear the search' })).toBeNull();
	});

	test('is sorted by what changed last; downloads are offered only where somebody counts', async () => {
		const { screen, user, app } = await stage();
		await screen.findByRole('listbox');
		await user.click(screen.getByRole('button', { name: 'Sort by: Relevance' }));
		expect(screen.queryByText('Downloads')).toBeNull();
		await user.click(screen.getByText('Last changed'));
		expect(await screen.findByRole('button', { name: 'Sort by: Last changed' })).toBeTruthy();
		expect(app.browse.sort).toBe('updated');
	});

	test('is sorted by downloads, and the selection stays what it was', async () => {
		const { screen, user, app } = await stage({}, '#/browse', (memory) => {
			memory.downloads = (id) => (id === 'zotero-bridge' ? 9 : 1);
		});
		await screen.findByRole('listbox');
		const before = app.browse.selected?.id;
		await user.click(screen.getByRole('button', { name: 'Sort by: Relevance' }));
		await user.click(await screen.findByText('Downloads'));
		await vi.waitFor(() => expect(names(screen.getByRole('listbox'))[0]).toBe('Zotero Bridge'));
		expect(app.browse.selected?.id).toBe(before);
		expect(app.browse.at).toBeGreaterThan(0);
	});

	test('a day is said exactly to who points at it', async () => {
		const { screen, user } = await stage();
		const [day] = within(await screen.findByRole('listbox')).getAllByText(/^\d+ [A-Z]/, { selector: 'time' });
		expect(day?.title).toBe('');
		await user.hover(day as HTMLElement);
		expect(day?.title).toMatch(/^[A-Z][a-z]+day,? \d+ [A-Z][a-z]+ 20\d\d at /);
	});

	test('says as of when it is', async () => {
		const { screen } = await stage();
		expect(await screen.findByText(/as of just now/)).toBeTruthy();
	});
});

test('Chinese has its own commas', async () => {
	const { screen, user } = await stage();
	await user.type(await screen.findByRole('textbox'), 'timesheet');
	const held = await screen.findByText(/3\.2\.0, held/);
	speak('zh-CN');
	await vi.waitFor(() => expect(held.textContent).toMatch(/3\.2\.0，已锁定/));
});

describe('filters', () => {
	test('a chip says how many it would leave, and stands in the query once it is pressed', async () => {
		const { screen, user, app } = await stage();
		const chip = await screen.findByRole('button', { name: /^Science\s*2$/ });
		await user.click(chip);
		expect(app.browse.query).toBe('category:science');
		await vi.waitFor(() =>
			expect(names(screen.getByRole('listbox'))).toEqual(['Frozen Lake', 'Zotero Bridge']),
		);
		await user.click(screen.getByRole('button', { name: /^science/i, pressed: true }));
		expect(app.browse.query).toBe('');
		expect(within(screen.getByRole('listbox')).getAllByRole('option').length).toBeGreaterThan(2);
	});

	test('a key leaves the focus on the chip that it pressed, or in the field when that is gone', async () => {
		const { screen, user, app } = await stage();
		const chip = await screen.findByRole('button', { name: /^Science\s*2$/ });
		chip.focus();
		await user.keyboard('{Enter}');
		const pressed = await screen.findByRole('button', { name: /^science/i, pressed: true });
		await vi.waitFor(() => expect(document.activeElement).toBe(pressed));
		await user.keyboard(' ');
		expect(app.browse.query).toBe('');
		await vi.waitFor(() => expect(document.activeElement?.textContent).toMatch(/^Science\s*2$/));
		const field = screen.getByRole('textbox');
		await user.type(field, 'is:hel');
		(await screen.findByRole('button', { name: 'is:hel' })).focus();
		await user.keyboard('{Enter}');
		await vi.waitFor(() => expect(document.activeElement).toBe(field));
	});

	test('states are words, channels have a menu', async () => {
		const { screen, user, app } = await stage();
		await user.click(await screen.findByRole('button', { name: /^Held/ }));
		expect(app.browse.query).toBe('is:held');
		await user.click(await screen.findByRole('button', { name: /^Held/, pressed: true }));
		await user.click(screen.getByRole('button', { name: 'Channel' }));
		await user.click(await screen.findByText('On beta'));
		expect(app.browse.query).toBe('channel:beta');
	});

	test('a typed filter is a chip, marked in the field, and can be edited there', async () => {
		const { screen, user } = await stage();
		const field = await screen.findByRole<HTMLInputElement>('textbox', { name: 'Search plugins' });
		await user.type(field, '-category:science note');
		expect(await screen.findByRole('button', { name: /^Not: science/, pressed: true })).toBeTruthy();
		expect(document.querySelector('.under .filter')?.textContent).toBe('-category:science');
		await user.clear(field);
		await user.type(field, 'is:hel');
		const unclear = await screen.findByRole('button', { name: 'is:hel' });
		expect(unclear.title).toMatch(/^There is no such state/);
		await user.type(field, 'd');
		expect(await screen.findByRole('button', { name: 'Held', pressed: true })).toBeTruthy();
	});
});

describe('when there is nothing', () => {
	test('an empty registry says so', async () => {
		const { screen } = await stage({ plugins: 0 });
		expect(await screen.findByRole('heading', { name: 'No plugins yet' })).toBeTruthy();
		expect(screen.queryByRole('listbox')).toBeNull();
	});

	test('no result says what to leave out, and how many there are then', async () => {
		const { screen, user, app } = await stage();
		await user.type(await screen.findByRole('textbox'), 'category:science zzz');
		expect(
			await screen.findByRole('heading', { name: 'Nothing found for “category:science zzz”' }),
		).toBeTruthy();
		await user.click(screen.getByRole('button', { name: 'Without “zzz”: 2 plugins' }));
		expect(app.browse.query).toBe('category:science');
		await vi.waitFor(() =>
			expect(names(screen.getByRole('listbox'))).toEqual(['Frozen Lake', 'Zotero Bridge']),
		);
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

	test('a list that suddenly shrank waits until somebody accepts it', async () => {
		const { screen, user } = await stage({}, '#/browse', (memory) => {
			memory.shrank = true;
		});
		expect(await screen.findByText('Many plugins are suddenly missing')).toBeTruthy();
		expect(screen.getByText('The catalogue has 3 plugins, where it had 12.')).toBeTruthy();
		await user.click(screen.getByRole('button', { name: 'Try again' }));
		await user.click(await screen.findByRole('button', { name: 'Accept the shorter list' }));
		expect(await screen.findByText('Synced just now')).toBeTruthy();
		expect(screen.queryByText('Many plugins are suddenly missing')).toBeNull();
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
