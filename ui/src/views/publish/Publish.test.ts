import { within } from '@testing-library/svelte';
import { describe, expect, test, vi } from 'vitest';
import type { Memory } from '../../backend/memory';
import { lost, unreachable, wireError } from '../../backend/memory/errors';
import { community } from '../../backend/memory/registries';
import type { JobView } from '../../generated/JobView';
import type { PublishPlan } from '../../generated/PublishPlan';
import { stage } from '../../tests/stage';

const FOLDER = '/home/mei/code/timesheet-export';
/** Jobs take turns with everything else on the machine. */
const PATIENT = { timeout: 10_000 };

async function open(path = FOLDER, ...rest: [Parameters<typeof stage>[0]?, Parameters<typeof stage>[2]?]) {
	const staged = await stage(rest[0], `#/publish?path=${encodeURIComponent(path)}`, rest[1]);
	const button = (name: string | RegExp) => staged.screen.getByRole<HTMLButtonElement>('button', { name });
	const heading = (name: string | RegExp) => staged.screen.findByRole('heading', { name }, PATIENT);
	await staged.screen.findByRole('button', { name: 'Continue' });
	return { ...staged, button, heading };
}

/** What looking into the folder finds, changed. */
function finding(change: (plan: PublishPlan) => void) {
	return (memory: Memory) => {
		const inspect = memory.inspect.bind(memory);
		memory.inspect = async (...args) => {
			const plan = await inspect(...args);
			change(plan);
			return plan;
		};
	};
}

async function toConfirm(staged: Awaited<ReturnType<typeof open>>) {
	await staged.heading('412 KB in 7 files');
	await staged.user.click(staged.button('Continue'));
	await staged.user.click(staged.button('Continue'));
	await staged.heading('Publish 4.0.0 to acme-plugins?');
}

function ended(change: Partial<JobView>): JobView {
	return {
		id: 'job-1',
		kind: 'publish',
		registry: 'acme-plugins',
		plugin: 'timesheet-export',
		version: '4.0.0',
		path: FOLDER,
		started_at: '2026-11-23T11:00:00.000Z',
		finished_at: '2026-11-23T11:01:00.000Z',
		status: { state: 'cancelled' },
		...change,
	};
}

describe('from a folder to a live version', () => {
	test('each step says what there is to know, and the end can be seen', async () => {
		const staged = await open();
		const { user, button, heading, screen } = staged;
		await heading('412 KB in 7 files');
		expect(screen.getByText('3 rules left out 1,904 files')).toBeTruthy();
		expect(screen.getByText('1 thing worth knowing')).toBeTruthy();

		await user.click(button('Continue'));
		expect(document.activeElement).toBe(await heading('Version 4.0.0'));
		expect(screen.getByText('New. The newest version in the registry is 3.4.0-beta.2.')).toBeTruthy();
		expect(screen.getByText('stays at 3.2.0: it is held after a rollback')).toBeTruthy();
		await user.click(screen.getByRole('radio', { name: 'beta' }));
		await user.type(screen.getByRole('textbox', { name: 'What is new' }), '- Faster start');

		await user.click(button('Continue'));
		await heading('Publish 4.0.0 to acme-plugins?');
		expect(screen.getByText('People on beta get 4.0.0 instead of 3.4.0-beta.2.')).toBeTruthy();
		expect(screen.getByText('- Faster start')).toBeTruthy();

		await user.click(button('Publish 4.0.0'));
		await heading('4.0.0 is live');
		expect(screen.getByText('Read back from the registry and found the same')).toBeTruthy();
		expect(screen.getByText(/^[0-9a-f]{64}$/)).toBeTruthy();
		await user.click(button('See it'));
		expect(await screen.findByRole('option', { name: /^4\.0\.0, beta is here/ })).toBeTruthy();
	});

	test('a held channel moves only when it is asked for', async () => {
		const staged = await open();
		const { user, screen, app, button, memory } = staged;
		const publish = vi.spyOn(memory, 'publish');
		await staged.heading('412 KB in 7 files');
		await user.click(button('Continue'));
		expect(app.publishing.expected).toContainEqual({
			kind: 'stays',
			channel: 'stable',
			at: '3.2.0',
			because: 'held',
		});
		await user.click(screen.getByRole('checkbox', { name: 'Point stable at 4.0.0 all the same' }));
		await user.click(button('Continue'));
		expect(screen.getByText('People on stable get 4.0.0 instead of 3.2.0.')).toBeTruthy();
		expect(screen.getByText('New publishes move stable again.')).toBeTruthy();
		await user.click(button('Publish 4.0.0'));
		const input = { path: FOLDER, platform: null, others: [], allow_secrets: [] };
		const request = { ...input, channel: 'stable', force_channel: true, notes: null };
		expect(publish).toHaveBeenCalledWith('acme-plugins', request);
	});

	test('a second click starts nothing', async () => {
		const staged = await open();
		await toConfirm(staged);
		const publish = vi.spyOn(staged.memory, 'publish');
		await staged.user.dblClick(staged.button('Publish 4.0.0'));
		await staged.heading('4.0.0 is live');
		expect(publish).toHaveBeenCalledTimes(1);
		expect(staged.memory.jobList.list()).toHaveLength(1);
	});
});

describe('what goes in is seen and put right', () => {
	test('a fix shows what it writes, and then writes it', async () => {
		const { screen, user, button, heading, memory } = await open();
		await heading('412 KB in 7 files');
		expect(screen.getByText('Writes into patchbay.json')).toBeTruthy();
		expect(screen.getByText('+ "license": "UNLICENSED"')).toBeTruthy();
		await user.click(button(/^Fix: The plugin has no licence/));
		await vi.waitFor(() => expect(screen.queryByText('1 thing worth knowing')).toBeNull());
		expect(memory.fixed).toEqual(['"license": "UNLICENSED"']);
	});

	test('a fix that cannot be made says why', async () => {
		const { screen, user, button, heading, memory } = await open();
		await heading('412 KB in 7 files');
		memory.failNext(
			'fix',
			wireError('failed', 'fix_changed', 'patchbay.json changed meanwhile.', 'Check again.'),
		);
		await user.click(button(/^Fix: /));
		expect(await screen.findByText('patchbay.json changed meanwhile.')).toBeTruthy();
	});

	test('a secret stops it until exactly this finding is allowed', async () => {
		const staged = await open('/home/mei/code/secret-plugin');
		const { screen, user, button, memory } = staged;
		const publish = vi.spyOn(memory, 'publish');
		const box = await screen.findByRole('checkbox', { name: 'This is not a secret; publish it' });
		expect(screen.getByText('github-token:dist/main.js:3')).toBeTruthy();
		expect(button('Continue').disabled).toBe(true);
		await user.click(box);
		await vi.waitFor(() => expect(button('Continue').disabled).toBe(false));
		await user.click(button('Continue'));
		await user.click(button('Continue'));
		await user.click(button('Publish 4.0.0'));
		const [, request] = publish.mock.calls[0] ?? [];
		expect(request?.allow_secrets).toEqual(['github-token:dist/main.js:3']);
	});

	test('packages for other platforms go into the same version', async () => {
		const { screen, user, button, heading, memory, app } = await open();
		await heading('412 KB in 7 files');
		memory.picked = '/home/mei/code/windows';
		await user.click(button('Add an archive…'));
		await vi.waitFor(() => expect(screen.getAllByRole('button', { name: /^any 412 KB/ })).toHaveLength(2));
		expect(app.publishing.others).toEqual([{ path: '/home/mei/code/windows', platform: null }]);
		await user.click(button('Leave any out'));
		await vi.waitFor(() => expect(app.publishing.others).toEqual([]));
	});

	test('the largest files, and where each field came from', async () => {
		const { screen, heading } = await open();
		await heading('412 KB in 7 files');
		expect(screen.getByText('The largest files')).toBeTruthy();
		expect(screen.getByText('Where 1 field came from')).toBeTruthy();
	});

	test('a version that is taken can be written anew', async () => {
		const fix = {
			edits: [{ file: 'package.json', field: 'version', value: '4.0.1', shown: '"version": "4.0.1"' }],
		};
		const taken = finding((plan) => {
			const error = wireError('conflict', 'version_taken', '4.0.0 is taken.', 'Publish as 4.0.1.');
			Object.assign(plan, { next_free: '4.0.1', problems: [{ severity: 'error', file: null, error, fix }] });
		});
		const { user, button, heading, memory } = await open(FOLDER, {}, taken);
		await heading('412 KB in 7 files');
		await user.click(button('Continue'));
		await user.click(button('Write 4.0.1'));
		await vi.waitFor(() => expect(memory.fixed).toEqual(['"version": "4.0.1"']));
	});
});

describe('what stands in the way', () => {
	test('an error blocks, and checking again lets go on', async () => {
		let broken = true;
		const { screen, user, button } = await open(
			FOLDER,
			{},
			finding((plan) => {
				if (!broken) return;
				const error = wireError('usage', 'of_a_test', 'The package would hold no files.', 'Add some.');
				plan.problems = [{ severity: 'error', file: 'patchbay.json', error, fix: null }];
			}),
		);
		expect(await screen.findByText('The package would hold no files.')).toBeTruthy();
		expect(screen.getAllByText('1 thing to fix first')).toHaveLength(2);
		expect(button('Continue').disabled).toBe(true);
		expect(button(/^\d? ?Version and notes/).disabled).toBe(true);

		broken = false;
		await user.click(button('Check again'));
		await vi.waitFor(() => expect(button('Continue').disabled).toBe(false));
		expect(screen.queryByText('The package would hold no files.')).toBeNull();
	});

	test('coming back to the window checks again', async () => {
		const { memory, heading } = await open();
		await heading('412 KB in 7 files');
		const inspect = vi.spyOn(memory, 'inspect');
		window.dispatchEvent(new Event('focus'));
		expect(inspect).toHaveBeenCalledTimes(1);
	});

	test('a version that is taken says by whom, and which one is free', async () => {
		const taken = finding((plan) => {
			const data = { version: '4.0.0', by: 'ledger-co', at: '2026-11-23T10:00:00Z', next_free: '4.0.1' };
			const error = wireError('conflict', 'version_taken', '4.0.0 is taken.', 'Publish as 4.0.1.', data);
			Object.assign(plan, { next_free: '4.0.1', problems: [{ severity: 'error', file: null, error }] });
		});
		const { screen, user, button, heading } = await open(FOLDER, {}, taken);
		await heading('412 KB in 7 files');
		await user.click(button('Continue'));
		expect(screen.getByText('ledger-co published it 2 hours ago, with other files.')).toBeTruthy();
		expect(screen.getByText('4.0.1 is free. Write it into patchbay.json, then check again.')).toBeTruthy();
		expect(button('Continue').disabled).toBe(true);
	});

	test('the same files are live already', async () => {
		const live = finding((plan) => Object.assign(plan, { already_live: true }));
		const { screen, user, button, heading } = await open(FOLDER, {}, live);
		await heading('412 KB in 7 files');
		await user.click(button('Continue'));
		expect(screen.getAllByText('4.0.0 is live already').length).toBeGreaterThan(0);
		expect(button('Continue').disabled).toBe(true);
	});

	test('a folder that cannot be looked at can be tried again', async () => {
		const staged = await stage({}, `#/publish?path=${FOLDER}`, (memory) =>
			memory.failNext('inspect', unreachable),
		);
		await staged.screen.findByText('The folder could not be looked into');
		await staged.user.click(staged.screen.getByRole('button', { name: 'Try again' }));
		expect(await staged.screen.findByRole('heading', { name: '412 KB in 7 files' })).toBeTruthy();
	});

	test('who may only read is told so', async () => {
		const { screen } = await stage({ registries: [{ ...community, is_default: true }] }, '#/publish');
		expect(await screen.findByText('You can read this registry, not publish to it')).toBeTruthy();
	});
});

describe('a publish that does not just end well', () => {
	test('can be cancelled, and nothing was published', async () => {
		const staged = await open(FOLDER, { phase: 100_000 });
		await toConfirm(staged);
		await staged.user.click(staged.button('Publish 4.0.0'));
		await staged.heading('Publishing Timesheet Export 4.0.0');
		await staged.user.click(staged.button('Cancel'));
		await staged.heading('Cancelled');
		expect(staged.screen.getByText('Nothing of it is visible to anybody.')).toBeTruthy();
		await staged.user.click(staged.button('Publish again'));
		await staged.heading('Publish 4.0.0 to acme-plugins?');
	});

	test('failed: why, and what to do', async () => {
		const staged = await open();
		await toConfirm(staged);
		staged.memory.offline = true;
		await staged.user.click(staged.button('Publish 4.0.0'));
		await staged.heading('4.0.0 was not published');
		expect(staged.screen.getByText('Check the network connection, then try again.')).toBeTruthy();
	});

	test('unknown: finding out settles it', async () => {
		const cut = (memory: Memory) => {
			memory.publish = async (registry, { path }) =>
				memory.jobList.begin(
					{ id: 'op-1', kind: 'publish', registry, plugin: 'timesheet-export', version: '4.0.0', path },
					[['committing', 0]],
					() => ({ kind: 'saved', path, size: 0 }),
					lost,
				);
		};
		const staged = await open(FOLDER, {}, cut);
		await toConfirm(staged);
		await staged.user.click(staged.button('Publish 4.0.0'));
		await staged.heading('It is not known whether 4.0.0 is live');
		await staged.user.click(staged.button('Find out now'));
		await staged.heading('4.0.0 is live');
	});

	test('interrupted by the end of the program: it can be resumed', async () => {
		const kept = (memory: Memory) => memory.jobList.keep(ended({ status: { state: 'interrupted' } }));
		const { screen, user } = await stage({}, '#/publish', kept);
		expect(await screen.findByText('Publishing timesheet-export 4.0.0 did not end')).toBeTruthy();
		await user.click(screen.getByRole('button', { name: 'Show' }));
		await screen.findByRole('heading', { name: 'Publishing 4.0.0 was interrupted' });
		await user.click(screen.getByRole('button', { name: 'Resume' }));
		await screen.findByRole('heading', { name: '4.0.0 is live' }, PATIENT);
	});

	test('not started at all: the question stays, with the reason', async () => {
		const staged = await open();
		await toConfirm(staged);
		staged.memory.failNext('publish', unreachable);
		await staged.user.click(staged.button('Publish 4.0.0'));
		expect(await staged.screen.findByText(/cannot be reached/)).toBeTruthy();
		expect(staged.button('Publish 4.0.0').disabled).toBe(false);
	});
});

describe('coming and going', () => {
	test('the running job is there again', async () => {
		const staged = await open(FOLDER, { phase: 100_000 });
		await toConfirm(staged);
		await staged.user.click(staged.button('Publish 4.0.0'));
		await staged.heading('Publishing Timesheet Export 4.0.0');
		await staged.user.click(staged.button(/^Browse/));
		await staged.screen.findByRole('listbox', { name: 'Plugins' });
		const nav = staged.screen.getByRole('navigation', { name: 'Main' });
		await staged.user.click(within(nav).getByRole('button', { name: 'Publish' }));
		await staged.heading('Publishing Timesheet Export 4.0.0');
	});

	test('who went elsewhere is told how it ended', async () => {
		const staged = await open(FOLDER, { phase: 60 });
		await toConfirm(staged);
		await staged.user.click(staged.button('Publish 4.0.0'));
		await staged.user.click(staged.button('Settings'));
		expect(await staged.screen.findByText('timesheet-export 4.0.0 is live', {}, PATIENT)).toBeTruthy();
	});

	test('a folder that is dropped on the window is looked into', async () => {
		const { memory, screen } = await stage();
		memory.drop({ kind: 'drop', paths: [FOLDER] });
		expect(await screen.findByRole('heading', { name: '412 KB in 7 files' })).toBeTruthy();
	});

	test('a folder of an earlier publish is one click away', async () => {
		const { screen, user } = await stage({}, '#/publish', (memory) => memory.jobList.keep(ended({})));
		await user.click(await screen.findByRole('button', { name: /timesheet-export.*4\.0\.0 · Cancelled/ }));
		expect(await screen.findByRole('heading', { name: '412 KB in 7 files' })).toBeTruthy();
	});

	test('closing while it runs asks first', async () => {
		const staged = await open(FOLDER, { phase: 100_000 });
		await toConfirm(staged);
		await staged.user.click(staged.button('Publish 4.0.0'));
		await staged.heading('Publishing Timesheet Export 4.0.0');
		staged.memory.requestClose();
		const dialog = await staged.screen.findByRole('alertdialog', { name: 'A job is still running' });
		await staged.user.click(within(dialog).getByRole('button', { name: 'Keep open' }));
		await staged.heading('Publishing Timesheet Export 4.0.0');
	});
});

test('the tree is walked with the keyboard', async () => {
	const { screen, user, heading } = await open();
	await heading('412 KB in 7 files');
	const tree = screen.getByRole('tree', { name: 'Files in the package' });
	const folder = await within(tree).findByRole('treeitem', { name: /^assets\/, folder, 104 KB/ });
	folder.focus();
	expect(folder.getAttribute('aria-expanded')).toBe('true');
	await user.keyboard('{ArrowDown}');
	expect(document.activeElement?.getAttribute('aria-label')).toBe('icon.svg, 6 KB, 1%');
	await user.keyboard('{ArrowLeft}');
	expect(document.activeElement).toBe(folder);
	await user.keyboard('{ArrowLeft}');
	expect(folder.getAttribute('aria-expanded')).toBe('false');
	expect(within(tree).queryByRole('treeitem', { name: /^icon\.svg/ })).toBeNull();
});
