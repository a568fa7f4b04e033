import { within } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';
import { lost, unreachable } from '../../../backend/memory/errors';
import { community } from '../../../backend/memory/registries';
import { stage } from '../../../tests/stage';

const RAIL = '#/plugin/timesheet-export/versions';

async function open(...rest: [Parameters<typeof stage>[0]?, Parameters<typeof stage>[2]?]) {
	const staged = await stage(rest[0], RAIL, rest[1]);
	const rail = await staged.screen.findByRole('listbox', { name: 'Versions, newest first' });
	const row = (name: RegExp | string) => within(rail).getByRole('option', { name });
	const plug = (name: RegExp) => staged.screen.getByRole('button', { name });
	const details = () => staged.screen.getByRole('complementary', { name: 'Details' });
	return { ...staged, rail, row, plug, details };
}

describe('the rail', () => {
	test('is a list that says where each channel is', async () => {
		const { row, rail } = await open();
		expect(row(/^3\.2\.0, stable is here, held/).getAttribute('aria-selected')).toBe('true');
		expect(row(/^3\.3\.0 Rolled back/)).toBeTruthy();
		expect(row(/^3\.1\.1 Yanked/)).toBeTruthy();
		expect(within(rail).getAllByRole('option')).toHaveLength(9);
	});

	test('arrows select a version, and the details follow', async () => {
		const { row, user, details } = await open();
		row(/^3\.2\.0/).focus();
		await user.keyboard('{ArrowDown}');
		expect(document.activeElement).toBe(row(/^3\.1\.2 /));
		expect(within(details()).getByRole('heading', { name: '3.1.2' })).toBeTruthy();
		expect(within(details()).getByText('No channel points here.')).toBeTruthy();
	});
});

describe('from a version', () => {
	test('one goes to its files, and to what it changed', async () => {
		const { row, user, details, app, screen } = await open();
		await user.click(row(/^3\.3\.0/));
		await user.click(within(details()).getByRole('button', { name: 'Compare with 3.2.0' }));
		expect(app.route.current).toMatchObject({ tab: 'compare', base: '3.2.0', version: '3.3.0' });
		expect(await screen.findByRole('combobox', { name: 'From' })).toBeTruthy();
		await user.click(screen.getByRole('tab', { name: 'Versions' }));
		await user.click(within(details()).getByRole('button', { name: 'Files' }));
		expect(app.route.current).toMatchObject({ tab: 'files', version: '3.3.0' });
		expect(await screen.findByRole('tree', { name: 'Files in the package' })).toBeTruthy();
	});

	test('the oldest has nothing before it', async () => {
		const { row, user, details } = await open();
		await user.click(row(/^2\.9\.4/));
		expect(within(details()).queryByRole('button', { name: /^Compare/ })).toBeNull();
		expect(within(details()).getByRole('button', { name: 'Files' })).toBeTruthy();
	});
});

describe('rolling back by keyboard', () => {
	test('nothing happens before the person has seen the plan and confirmed it', async () => {
		const { user, plug, row, details, screen, memory } = await open();
		plug(/^stable, at 3\.2\.0/).focus();
		await user.keyboard('[[');
		const panel = details();
		expect(await within(panel).findByText('People on stable get 3.1.2 instead of 3.2.0.')).toBeTruthy();
		expect(within(panel).getByText('New publishes leave stable alone until you let it go.')).toBeTruthy();
		expect(row(/^3\.1\.2, stable would be here/).getAttribute('aria-selected')).toBe('true');
		expect(document.activeElement).toBe(plug(/^stable, at 3\.2\.0/));
		expect((await memory.plugin('acme-plugins', 'timesheet-export', true)).seq).toBe(11);

		const confirm = within(panel).getByRole<HTMLButtonElement>('button', { name: 'Roll back' });
		expect(confirm.disabled).toBe(true);
		await user.keyboard('{Enter}');
		expect(document.activeElement).toBe(within(panel).getByRole('textbox'));
		await user.keyboard('Crashes at start.');
		await user.click(within(panel).getByRole('checkbox'));
		expect(await within(panel).findByText('3.2.0 is no longer offered to new installs.')).toBeTruthy();
		await user.click(confirm);

		expect(await screen.findByText('stable is back at 3.1.2.')).toBeTruthy();
		expect(row(/^3\.1\.2, stable is here, held/)).toBeTruthy();
		expect(row(/^3\.2\.0 Rolled back ?Yanked/)).toBeTruthy();
		expect(document.activeElement).toBe(row(/^3\.1\.2/));

		await user.click(screen.getByRole('button', { name: 'Undo' }));
		expect(await screen.findByText('Taken back.')).toBeTruthy();
		expect(
			await within(screen.getByRole('listbox')).findByRole('option', { name: /^3\.2\.0, stable is here/ }),
		).toBeTruthy();
	});

	test('yanked versions are passed over, and back home there is nothing to do', async () => {
		const { user, plug, details } = await open();
		plug(/^stable/).focus();
		await user.keyboard('[[[[');
		expect(await within(details()).findByRole('heading', { name: 'Roll stable back to 3.1.0' })).toBeTruthy();
		await user.keyboard(']]');
		expect(within(details()).getByRole('heading', { name: '3.2.0' })).toBeTruthy();
	});

	test('Esc gives it up and writes nothing', async () => {
		const { user, plug, details, app, memory } = await open();
		plug(/^stable/).focus();
		await user.keyboard('[[');
		await within(details()).findByRole('heading', { name: /^Roll stable back/ });
		await user.keyboard('{Escape}');
		expect(within(details()).queryByRole('heading', { name: /^Roll/ })).toBeNull();
		expect(app.route.current.name).toBe('plugin');
		expect((await memory.plugin('acme-plugins', 'timesheet-export', true)).seq).toBe(11);
	});

	test('to a newer version it is a promote, which asks for no reason', async () => {
		const { user, plug, details, screen } = await open();
		plug(/^stable/).focus();
		await user.keyboard(']');
		const confirm = await within(details()).findByRole('button', { name: 'Move stable' });
		expect(within(details()).queryByRole('textbox')).toBeNull();
		await within(details()).findByText('New publishes move stable again.');
		await user.click(confirm);
		expect(await screen.findByText('stable points at 3.3.0.')).toBeTruthy();
	});
});

describe('when somebody else was there', () => {
	test('a conflict shows what stands there now, and plans again', async () => {
		const { user, plug, details, memory, screen } = await open();
		plug(/^stable/).focus();
		await user.keyboard('[[{Enter}Bad.');
		memory.meddle('acme-plugins', 'timesheet-export', 'stable', '3.3.0');
		await user.click(within(details()).getByRole('button', { name: 'Roll back' }));
		expect(await within(details()).findByText('Somebody was faster')).toBeTruthy();
		expect(within(details()).getByText(/^stable is at 3\.3\.0 now\./)).toBeTruthy();
		expect(await within(details()).findByText('People on stable get 3.1.2 instead of 3.3.0.')).toBeTruthy();
		await user.click(within(details()).getByRole('button', { name: 'Roll back' }));
		expect(await screen.findByText('stable is back at 3.1.2.')).toBeTruthy();
	});

	test('an unknown outcome can be found out', async () => {
		const { user, plug, details, screen } = await open({}, (memory) => memory.failNext('apply', lost));
		plug(/^stable/).focus();
		await user.keyboard('[[{Enter}Bad.');
		await user.click(within(details()).getByRole('button', { name: 'Roll back' }));
		await user.click(await within(details()).findByRole('button', { name: 'Find out now' }));
		expect(await within(details()).findByText('It was not written. You can try again.')).toBeTruthy();
		await user.click(within(details()).getByRole('button', { name: 'Roll back' }));
		expect(await screen.findByText('stable is back at 3.1.2.')).toBeTruthy();
	});

	test('a network that is away is said where it matters', async () => {
		const { user, plug, details } = await open({}, (memory) => memory.failNext('plan', unreachable));
		plug(/^stable/).focus();
		await user.keyboard('[[');
		expect(await within(details()).findByText(unreachable.message)).toBeTruthy();
		await user.click(within(details()).getByRole('button', { name: 'Try again' }));
		expect(await within(details()).findByText('People on stable get 3.1.2 instead of 3.2.0.')).toBeTruthy();
	});
});

test('a read-only registry has no changing buttons and says who can', async () => {
	const { screen, details } = await open({ registries: [{ ...community, is_default: true }] });
	expect(screen.queryByRole('button', { name: /^stable, at/ })).toBeNull();
	expect(screen.queryByRole('button', { name: 'Point a channel here…' })).toBeNull();
	expect(within(details()).getByRole('button', { name: 'Download package' })).toBeTruthy();
	expect(
		within(details()).getByText('ledger-co and mei-tools can, with write access to the bucket.'),
	).toBeTruthy();
});

test('a download shows where the file went', async () => {
	const { user, details, screen, app } = await open();
	await user.click(within(details()).getByRole('button', { name: 'Download package' }));
	await expect.poll(() => app.jobs.list[0]?.status.state).toBe('done');
	expect(await screen.findByText('Saved as /home/mei/Downloads/timesheet-export-3.2.0.zip')).toBeTruthy();
});
