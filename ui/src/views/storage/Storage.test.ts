import { within } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import type { Memory } from '../../backend/memory';
import { unreachable } from '../../backend/memory/errors';
import { found, left, whole } from '../../backend/memory/health';
import { stage } from '../../tests/stage';

/** A job takes its steps. */
const SLOW = { timeout: 10_000 };

const open = (prepare: (memory: Memory) => void = () => {}, world = {}) => stage(world, '#/storage', prepare);

test('before the first check it says what a check does', async () => {
	const { screen, user } = await open();
	expect(await screen.findByText('Not checked yet')).toBeTruthy();
	expect(screen.queryByRole('button', { name: 'Repair' })).toBeNull();
	await user.click(screen.getByRole('button', { name: 'Check now' }));
	expect(await screen.findByText('Nothing is wrong.', {}, SLOW)).toBeTruthy();
	const table = within(screen.getByRole('table', { name: 'What it holds' }));
	expect(table.getByRole('row', { name: /^Packages 69 46/ })).toBeTruthy();
});

test('what was found stands with what to do, and repairing mends what is derived', async () => {
	const { screen, user } = await open((memory) => {
		memory.health = { ...whole, healthy: false, findings: structuredClone(found) };
	});
	await user.click(await screen.findByRole('button', { name: 'Check now' }));
	expect(await screen.findByText('Something is wrong: 2 found.', {}, SLOW)).toBeTruthy();
	const list = within(screen.getByRole('list', { name: 'What was found' }));
	expect(list.getByText(/The package of weather-card 3.2.0 is not what was published/)).toBeTruthy();
	expect(list.getByText(/until then, roll back/)).toBeTruthy();
	await user.click(screen.getByRole('button', { name: 'Repair' }));
	expect(await screen.findByText('Something is wrong: 1 found.', {}, SLOW)).toBeTruthy();
	expect(screen.queryByRole('button', { name: 'Repair' })).toBeNull();
});

test('a check that fails says why, and can be asked for again', async () => {
	const { screen, user } = await open(() => {}, { offline: true });
	await user.click(await screen.findByRole('button', { name: 'Check now' }));
	expect(await screen.findByText('Check the network connection, then try again.', {}, SLOW)).toBeTruthy();
});

test('nothing is removed before the list was seen and confirmed', async () => {
	const { memory, screen, user } = await open((memory) => {
		memory.orphans = structuredClone(left);
	});
	await user.click(await screen.findByRole('button', { name: 'Find them' }));
	const list = within(await screen.findByRole('list', { name: 'Uploads that nothing refers to' }));
	expect(list.getByText('packages/meeting-notes/4.1.0/b.zip')).toBeTruthy();
	await user.click(screen.getByRole('button', { name: 'Remove…' }));
	const dialog = within(await screen.findByRole('alertdialog', { name: 'Remove 2 uploads?' }));
	expect(memory.orphans.length).toBe(2);
	await user.click(dialog.getByRole('button', { name: 'Remove them' }));
	expect(await screen.findByText(/^2 uploads removed/, {}, SLOW)).toBeTruthy();
	await user.click(screen.getByRole('button', { name: 'Find them' }));
	expect(await screen.findByText('There is nothing to clean up.')).toBeTruthy();
});

test('what cannot be read may not be removed', async () => {
	const { screen, user } = await open((memory) => memory.failNext('planCleaning', unreachable));
	await user.click(await screen.findByRole('button', { name: 'Find them' }));
	expect(await screen.findByText('Check the network connection, then try again.')).toBeTruthy();
	expect(screen.queryByRole('button', { name: 'Remove…' })).toBeNull();
});

test('what was found leads to its plugin', async () => {
	const { screen, user, app } = await open((memory) => {
		memory.health = { ...whole, healthy: false, findings: structuredClone(found) };
	});
	await user.click(await screen.findByRole('button', { name: 'Check now' }));
	await user.click(await screen.findByRole('button', { name: 'See it · meeting-notes' }, SLOW));
	expect(app.route.current).toMatchObject({ name: 'plugin', id: 'meeting-notes', tab: 'versions' });
});

test('all revisions are exported into a file', async () => {
	const { screen, user, memory } = await open((memory) => memory.failNext('audit', unreachable));
	const button = await screen.findByRole('button', { name: 'Export…' });
	await user.click(button);
	expect(await screen.findByText('Check the network connection, then try again.')).toBeTruthy();
	await user.click(button);
	expect(await screen.findByText(/revisions of 12 plugins, unbroken, in/)).toBeTruthy();
	expect(screen.getByText(`${memory.picked}/acme-plugins-audit.jsonl`)).toBeTruthy();
});
