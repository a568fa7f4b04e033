import { within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { lost, unreachable } from '../../../backend/memory/errors';
import { speak } from '../../../lib/messages';
import { stage } from '../../../tests/stage';

const HISTORY = '#/plugin/timesheet-export/history';

async function open(prepare?: Parameters<typeof stage>[2]) {
	const staged = await stage({}, HISTORY, prepare);
	const region = await staged.screen.findByRole('region', { name: 'What happened, newest first' });
	return { ...staged, region };
}

test('says who did what, why and when, newest first', async () => {
	const { region } = await open();
	const [first] = await within(region).findAllByRole('listitem');
	expect(first?.textContent).toContain('Rolled stable back from 3.3.0 to 3.2.0');
	expect(first?.textContent).toContain('“Loses entries on the day the clocks change.”');
	expect(first?.textContent).toContain('Revision 11');
});

test('loads earlier revisions on demand', async () => {
	const { region, user } = await open();
	expect(await within(region).findAllByRole('listitem')).toHaveLength(8);
	await user.click(within(region).getByRole('button', { name: 'Show earlier' }));
	expect(await within(region).findByText('Published 2.9.4')).toBeTruthy();
	expect(within(region).queryByRole('button', { name: 'Show earlier' })).toBeNull();
});

test('undo shows its consequences and is confirmed in place', async () => {
	const { region, user, screen } = await open();
	await user.click(await within(region).findByRole('button', { name: 'Undo…' }));
	expect(await within(region).findByText('People on stable get 3.3.0 instead of 3.2.0.')).toBeTruthy();
	await user.click(within(region).getByRole('button', { name: 'Undo' }));
	expect(await screen.findByText('Taken back.')).toBeTruthy();
	expect(await within(region).findByText('Took back an earlier change')).toBeTruthy();
});

test('a revision is compared with now, and an earlier state restored with its consequences', async () => {
	const { region, user, screen } = await open();
	const item = async () => {
		const found = (await within(region).findByText('Revision 10')).closest('li');
		if (!found) throw new Error('it stands in a list');
		return within(found);
	};
	await user.click((await item()).getByRole('button', { name: 'Compare with now' }));
	expect(await (await item()).findByText('What changed since revision 10')).toBeTruthy();
	expect((await item()).getByText('People on stable get 3.2.0 instead of 3.3.0.')).toBeTruthy();
	await user.click((await item()).getByRole('button', { name: 'Restore…' }));
	expect(await (await item()).findByText('People on stable get 3.3.0 instead of 3.2.0.')).toBeTruthy();
	const confirm = (await item()).getByRole<HTMLButtonElement>('button', { name: 'Restore' });
	expect(confirm.disabled, 'without a reason').toBe(true);
	await user.type((await item()).getByRole('textbox', { name: 'Why?' }), 'It was fine.');
	await user.click(confirm);
	expect(await screen.findByText('The state of revision 10 is back.')).toBeTruthy();
	expect(await within(region).findByText('Restored an earlier state')).toBeTruthy();
	await user.click(screen.getByRole('button', { name: 'Undo' }));
	expect(await screen.findByText('Taken back.')).toBeTruthy();
});

test('somebody who was faster is shown before an earlier state is restored', async () => {
	const { region, user, memory, app } = await open();
	await user.click((await within(region).findAllByRole('button', { name: 'Restore…' }))[0] as HTMLElement);
	await user.type(await within(region).findByRole('textbox', { name: 'Why?' }), 'It was fine.');
	await memory.apply(app.registries.name, 'timesheet-export', {
		kind: 'promote',
		channel: 'beta',
		version: '3.2.0',
		expect: null,
	});
	await user.click(within(region).getByRole('button', { name: 'Restore' }));
	expect(await within(region).findByText('Somebody was faster')).toBeTruthy();
	expect(await within(region).findByText(/Revision 12 was written meanwhile/)).toBeTruthy();
});

test('an operation whose outcome is not known is looked for in history', async () => {
	const { region, user, memory, screen } = await open();
	await user.click(await within(region).findByRole('button', { name: 'Undo…' }));
	await within(region).findByText('People on stable get 3.3.0 instead of 3.2.0.');
	// Written, and the answer was lost.
	await memory.apply('acme-plugins', 'timesheet-export', { kind: 'undo', seq: 11 });
	memory.failNext('apply', { ...lost, data: { op: 'op-timesheet-export-12' } });
	await user.click(within(region).getByRole('button', { name: 'Undo' }));
	await user.click(await within(region).findByRole('button', { name: 'Find out now' }));
	await vi.waitFor(() => expect(screen.queryByText('It is not known whether this was written')).toBeNull());
	expect(screen.queryByText('It was not written. You can try again.')).toBeNull();
});

test('a history that cannot be read has a next step', async () => {
	const { region, user } = await open((memory) => memory.failNext('history', unreachable));
	await user.click(await within(region).findByRole('button', { name: 'Try again' }));
	expect(await within(region).findAllByRole('listitem')).toHaveLength(8);
});

test('changes its language while it is open', async () => {
	const { region } = await open();
	await within(region).findAllByRole('listitem');
	speak('zh-CN');
	expect(await within(region).findByText('将 stable 从 3.3.0 回退到 3.2.0')).toBeTruthy();
});
