import { within } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import { unreachable } from '../../../backend/memory/errors';
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
