import { within } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';
import { unreachable, wireError } from '../../../backend/memory/errors';
import { stage } from '../../../tests/stage';

const COMPARE = '#/plugin/timesheet-export/compare';

async function open(hash = COMPARE, prepare?: Parameters<typeof stage>[2]) {
	const staged = await stage({}, hash, prepare);
	const panel = await staged.screen.findByRole('tabpanel', { name: 'Compare' });
	return { ...staged, panel };
}

describe('two versions', () => {
	test('begin with the shown one and the one before it: manifests first, then files, then lines', async () => {
		const { panel } = await open();
		const facts = await within(panel).findByRole('list', { name: 'What the manifests say' });
		expect(within(panel).getByLabelText('From').textContent).toContain('3.1.2');
		expect(within(panel).getByLabelText('To').textContent).toContain('3.2.0');
		expect(facts).toBeTruthy();
		const list = within(panel).getByRole('listbox', { name: 'Files that differ' });
		expect(await within(list).findByRole('option', { name: /^Changed\s*dist\/\s*main\.js/ })).toBeTruthy();
		expect(within(panel).getByRole('region', { name: 'Differences' })).toBeTruthy();
	});

	test('named in the address are the ones that are shown, and can be swapped', async () => {
		const { panel, user, app } = await open(`${COMPARE}?version=3.3.0&base=2.9.4`);
		await within(panel).findByRole('listbox', { name: 'Files that differ' });
		await user.click(within(panel).getByRole('button', { name: 'Swap the two versions' }));
		expect(app.route.current).toMatchObject({ version: '2.9.4', base: '3.3.0' });
		expect(window.location.hash).toContain('base=3.3.0');
		expect(await within(panel).findByRole('option', { name: /^Removed\s*dist\/\s*level\.js/ })).toBeTruthy();
	});

	test('a file is chosen from the list, and the address remembers it', async () => {
		const { panel, user, app } = await open();
		const list = await within(panel).findByRole('listbox', { name: 'Files that differ' });
		await user.click(await within(list).findByRole('option', { name: /patchbay\.json/ }));
		expect(app.route.current).toMatchObject({ file: 'patchbay.json', base: '3.1.2', version: '3.2.0' });
		await user.keyboard('{Home}');
		expect(app.route.current).toMatchObject({ file: 'CHANGELOG.md' });
		expect(document.activeElement?.getAttribute('aria-selected')).toBe('true');
	});

	test('code that reads as something else is told apart', async () => {
		const { panel } = await open(`${COMPARE}?version=3.3.0&base=2.9.4`);
		expect((await within(panel).findAllByText('U+202E')).length).toBeGreaterThan(0);
	});

	test('unchanged lines are folded away and can be shown', async () => {
		const { panel, user } = await open();
		const gap = { name: /^Show: 1 unchanged line$|^Show: \d+ unchanged lines$/ };
		const [first] = await within(panel).findAllByRole('button', gap);
		const count = within(panel).getAllByRole('button', gap).length;
		if (first) await user.click(first);
		await expect.poll(() => within(panel).queryAllByRole('button', gap).length).not.toBe(count);
	});

	test('what is the same says so, and one version cannot be compared with itself', async () => {
		const { screen } = await stage({}, `${COMPARE}?version=3.2.0&base=3.2.0`);
		expect(await screen.findByText('Choose two different versions')).toBeTruthy();
	});
});

describe('when it cannot be read', () => {
	test('offline says so and tries again', async () => {
		const { screen, user, panel } = await open(COMPARE, (memory) => memory.failNext('compare', unreachable));
		expect(await screen.findByText('The versions could not be compared')).toBeTruthy();
		await user.click(screen.getByRole('button', { name: 'Try again' }));
		expect(await within(panel).findByRole('listbox', { name: 'Files that differ' })).toBeTruthy();
	});

	test('a file that is not what was published is named, and nothing of it is shown', async () => {
		const message = '“patchbay.json” of timesheet-export 3.2.0 is not what was published.';
		const altered = wireError('integrity', 'altered_file', message, 'Do not use it.');
		const { screen, panel } = await open(COMPARE, (memory) => memory.failNext('compare', altered));
		expect(await screen.findByText(message)).toBeTruthy();
		expect(within(panel).queryByRole('region', { name: 'Differences' })).toBeNull();
	});
});
