import { within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { lost, unreachable } from '../../../backend/memory/errors';
import { community } from '../../../backend/memory/registries';
import { speak } from '../../../lib/messages';
import { stage } from '../../../tests/stage';

const HISTORY = '#/plugin/timesheet-export/history';

async function open(prepare?: Parameters<typeof stage>[2], world?: Parameters<typeof stage>[0]) {
	const staged = await stage(world ?? {}, HISTORY, prepare);
	const region = await staged.screen.findByRole('region', { name: 'History' });
	await within(region).findAllByText(/^(Rolled stable back|Try again)/);
	const list = () => staged.screen.findByRole('listbox', { name: 'What happened, newest first' });
	const rows = async () => within(await list()).findAllByRole('option');
	const row = async (seq: number) =>
		within(await list()).findByRole('option', { name: new RegExp(`Revision ${seq}$`) });
	const details = () => within(staged.screen.getByRole('complementary', { name: 'Details' }));
	return { ...staged, region, list, rows, row, details };
}

test('says who did what, why and when, newest first', async () => {
	const { rows } = await open();
	const [first] = await rows();
	expect(first?.textContent).toContain('Rolled stable back from 3.3.0 to 3.2.0');
	expect(first?.textContent).toContain('“Loses entries on the day the clocks change.”');
	expect(first?.textContent).toContain('Revision 11');
	expect(first?.getAttribute('aria-selected')).toBe('true');
});

test('loads earlier revisions on demand', async () => {
	const { region, rows, user } = await open();
	expect(await rows()).toHaveLength(8);
	await user.click(within(region).getByRole('button', { name: 'Show earlier' }));
	expect(await within(region).findByText('Published 2.9.4')).toBeTruthy();
	expect(within(region).queryByRole('button', { name: 'Show earlier' })).toBeNull();
});

test('shows the plugin as it was at a revision', async () => {
	const { row, user, details } = await open();
	await user.click(await row(8));
	expect(await details().findByRole('heading', { name: 'As it was at revision 8' })).toBeTruthy();
	expect(await details().findByText('7 versions, the newest 3.3.0')).toBeTruthy();
	const stable = (await details().findByText('stable')).closest('p');
	expect(stable?.textContent).toContain('3.3.0');
	expect(details().queryByText('beta')).toBeNull();
	expect(window.location.hash).toContain('at=8');
	expect(await details().findByText('What changed from revision 8 to 11')).toBeTruthy();
});

test('any two revisions are compared, the older one first', async () => {
	const { row, user, details, screen } = await open();
	await user.click(await row(10));
	expect(await details().findByText('People on stable get 3.2.0 instead of 3.3.0.')).toBeTruthy();
	await user.click(details().getByRole('combobox', { name: 'Compare with' }));
	await user.click(await screen.findByText('Revision 7', { selector: '.option .words' }));
	expect(await details().findByText('What changed from revision 7 to 10')).toBeTruthy();
	expect(await details().findByText('People on stable get 3.3.0 instead of 3.2.0.')).toBeTruthy();
	// The other side stays while one looks on.
	await user.click(await row(8));
	expect(await details().findByText('What changed from revision 7 to 8')).toBeTruthy();
	await user.click(details().getByRole('combobox', { name: 'Compare with' }));
	await user.click(await screen.findByText(/^The one before/, { selector: '.option .words' }));
	expect(await details().findByText('What changed from revision 7 to 8')).toBeTruthy();
});

test('arrows go from revision to revision, and the details follow', async () => {
	const { row, user, details } = await open();
	(await row(11)).focus();
	await user.keyboard('{ArrowDown}{ArrowDown}');
	expect(document.activeElement).toBe(await row(9));
	expect(details().getByRole('heading', { name: 'Published 3.4.0-beta.1' })).toBeTruthy();
	await user.keyboard('{Home}');
	expect(details().getByRole('heading', { name: 'As it is now' })).toBeTruthy();
});

test('a state that cannot be read has a next step', async () => {
	const { row, user, details } = await open((memory) => memory.failNext('pluginAt', unreachable));
	await user.click(await details().findByRole('button', { name: 'Try again' }));
	expect(await details().findByText(/^9 versions/)).toBeTruthy();
	expect(await row(11)).toBeTruthy();
});

test('undo shows its consequences and is confirmed in the details', async () => {
	const { region, user, screen, details } = await open();
	await user.click(await details().findByRole('button', { name: 'Undo…' }));
	expect(await details().findByText('People on stable get 3.3.0 instead of 3.2.0.')).toBeTruthy();
	await user.click(details().getByRole('button', { name: 'Undo' }));
	expect(await screen.findByText('Taken back.')).toBeTruthy();
	expect(await within(region).findByText('Took back an earlier change')).toBeTruthy();
});

test('an earlier state is restored with its consequences, and that can be undone', async () => {
	const { region, row, user, screen, details } = await open();
	await user.click(await row(10));
	await user.click(await details().findByRole('button', { name: 'Restore this state…' }));
	expect(await details().findByText('People on stable get 3.3.0 instead of 3.2.0.')).toBeTruthy();
	const confirm = details().getByRole<HTMLButtonElement>('button', { name: 'Restore' });
	expect(confirm.disabled, 'without a reason').toBe(true);
	await user.type(details().getByRole('textbox', { name: 'Why?' }), 'It was fine.');
	await user.click(confirm);
	expect(await screen.findByText('The state of revision 10 is back.')).toBeTruthy();
	expect(await within(region).findByText('Restored an earlier state')).toBeTruthy();
	expect((await row(12)).getAttribute('aria-selected')).toBe('true');
	await user.click(screen.getByRole('button', { name: 'Undo' }));
	expect(await screen.findByText('Taken back.')).toBeTruthy();
});

test('Esc gives a change up and leaves the revision', async () => {
	const { row, user, details } = await open();
	await user.click(await row(10));
	await user.click(await details().findByRole('button', { name: 'Restore this state…' }));
	await details().findByRole('textbox', { name: 'Why?' });
	await user.keyboard('{Escape}');
	expect(await details().findByRole('button', { name: 'Restore this state…' })).toBeTruthy();
	expect((await row(10)).getAttribute('aria-selected')).toBe('true');
});

test('who may only read sees every state and changes none', async () => {
	const { row, user, details } = await open(undefined, { registries: [{ ...community, is_default: true }] });
	await user.click(await row(10));
	expect(await details().findByText(/^What changed from revision 10/)).toBeTruthy();
	expect(details().queryByRole('button', { name: /Restore|Undo/ })).toBeNull();
});

test('what somebody else did meanwhile is shown before an earlier state is restored', async () => {
	const { row, user, memory, app, details } = await open();
	await user.click(await row(10));
	await user.click(await details().findByRole('button', { name: 'Restore this state…' }));
	await user.type(await details().findByRole('textbox', { name: 'Why?' }), 'It was fine.');
	memory.meddle(app.registries.name, 'timesheet-export', 'beta', '3.2.0');
	await user.click(details().getByRole('button', { name: 'Restore' }));
	expect(await details().findByText('Somebody was faster')).toBeTruthy();
	expect(await details().findByText('Pointed beta at 3.2.0: somebody-else, just now.')).toBeTruthy();
	await user.click(details().getByRole('button', { name: 'See History' }));
	expect((await row(12)).getAttribute('aria-selected')).toBe('true');
});

test('an operation whose outcome is not known is looked for in history', async () => {
	const { user, memory, screen, details } = await open();
	await user.click(await details().findByRole('button', { name: 'Undo…' }));
	await details().findByText('People on stable get 3.3.0 instead of 3.2.0.');
	// Written, and the answer was lost.
	await memory.apply('acme-plugins', 'timesheet-export', { kind: 'undo', seq: 11 });
	memory.failNext('apply', { ...lost, data: { op: 'op-timesheet-export-12' } });
	await user.click(details().getByRole('button', { name: 'Undo' }));
	await user.click(await details().findByRole('button', { name: 'Find out now' }));
	await vi.waitFor(() => expect(screen.queryByText('It is not known whether this was written')).toBeNull());
	expect(screen.queryByText('It was not written. You can try again.')).toBeNull();
});

test('a history that cannot be read has a next step', async () => {
	const { region, rows, user } = await open((memory) => memory.failNext('history', unreachable));
	await user.click(await within(region).findByRole('button', { name: 'Try again' }));
	expect(await rows()).toHaveLength(8);
});

test('changes its language while it is open', async () => {
	const { region, rows } = await open();
	await rows();
	speak('zh-CN');
	expect(await within(region).findByText('将 stable 从 3.3.0 回退到 3.2.0')).toBeTruthy();
});
