import { within } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import { lost, unreachable } from '../../backend/memory/errors';
import type { JobView } from '../../generated/JobView';
import { NOW } from '../../tests/setup';
import { stage } from '../../tests/stage';

const HOUR = 3_600_000;

function job(
	id: string,
	hoursAgo: number,
	status: JobView['status'],
	change: Partial<JobView> = {},
): JobView {
	const started_at = new Date(NOW - hoursAgo * HOUR).toISOString();
	return {
		id,
		kind: 'publish',
		registry: 'acme-plugins',
		plugin: `plugin-${id}`,
		version: '1.0.0',
		path: `/home/mei/code/${id}`,
		...{ started_at, finished_at: started_at, status },
		...change,
	};
}

async function open(jobs: JobView[], world = {}) {
	const staged = await stage(world, '#/activity', (memory) => {
		for (const kept of jobs) memory.jobList.keep(kept);
	});
	const row = async (name: string) => {
		const title = await staged.screen.findByText(name);
		return within(title.closest('li') ?? title);
	};
	return { ...staged, row };
}

test('before anything ran, it says what will be here', async () => {
	const { screen } = await open([]);
	expect(await screen.findByText('Nothing has run yet')).toBeTruthy();
});

test('jobs stand by day, newest first, with how they ended', async () => {
	const { screen, row } = await open([
		job('old', 24 * 9, { state: 'cancelled' }),
		job('failed', 24, { state: 'failed', error: unreachable }),
		job(
			'file',
			1,
			{ state: 'done', result: { kind: 'saved', path: '/tmp/a.zip', size: 1 } },
			{ kind: 'download' },
		),
	]);
	expect(await screen.findByText('Download plugin-file 1.0.0')).toBeTruthy();
	const days = screen.getAllByRole('heading', { level: 2 }).map((h) => h.textContent?.trim());
	expect(days.slice(2, 4)).toEqual(['Today', 'Yesterday']);
	expect(days[4]).toMatch(/^1[345] November 2026$/);
	expect(
		(await row('Publish plugin-failed 1.0.0')).getByText('Check the network connection, then try again.'),
	).toBeTruthy();
	expect((await row('Publish plugin-old 1.0.0')).getByText('Nothing of it is visible.')).toBeTruthy();
});

test('an unknown outcome is settled here as well', async () => {
	const { row, user } = await open([job('cut', 1, { state: 'unknown', error: lost })]);
	const before = await row('Publish plugin-cut 1.0.0');
	expect(before.getByText('Outcome not known')).toBeTruthy();
	await user.click(before.getByRole('button', { name: /^Find out now/ }));
	const after = await row('Publish plugin-cut 1.0.0');
	expect(await after.findByText('Live', {}, { timeout: 10_000 })).toBeTruthy();
	expect(after.getByRole('button', { name: /^See it/ })).toBeTruthy();
});

test('a running job shows its phase and can be cancelled', async () => {
	const { app, row, user } = await open([], { phase: 100_000 });
	const input = { path: '/home/mei/code/meeting-notes', platform: null, others: [], allow_secrets: [] };
	const request = { ...input, channel: null, force_channel: false, notes: null };
	await app.jobs.publish('acme-plugins', request);
	const running = await row('Publish meeting-notes 4.0.0');
	expect(running.getByText('Reading the folder')).toBeTruthy();
	expect(running.getByRole('progressbar', { name: 'Publish meeting-notes 4.0.0' })).toBeTruthy();
	await user.click(running.getByRole('button', { name: /^Cancel/ }));
	expect(await (await row('Publish meeting-notes 4.0.0')).findByText('Cancelled')).toBeTruthy();
});

test('a publish that failed begins again where its folder is looked at', async () => {
	const { row, user, screen } = await open([job('failed', 1, { state: 'failed', error: unreachable })]);
	await user.click(
		(await row('Publish plugin-failed 1.0.0')).getByRole('button', { name: /^Publish again/ }),
	);
	expect(await screen.findByText('/home/mei/code/failed')).toBeTruthy();
	expect(await screen.findByRole('tree', { name: 'Files in the package' })).toBeTruthy();
});
