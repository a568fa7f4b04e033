import { within } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';
import { unreachable, wireError } from '../../../backend/memory/errors';
import { stage } from '../../../tests/stage';

const FILES = '#/plugin/timesheet-export/files';

async function open(hash = FILES, prepare?: Parameters<typeof stage>[2]) {
	const staged = await stage({}, hash, prepare);
	const panel = await staged.screen.findByRole('tabpanel', { name: 'Files' });
	return { ...staged, panel };
}

describe('the files of a version', () => {
	test('are a tree with sizes and shares, and one is read by itself', async () => {
		const { panel, user, app } = await open();
		const tree = await within(panel).findByRole('tree', { name: 'Files in the package' });
		expect(within(panel).getByText('No file selected')).toBeTruthy();
		await user.click(await within(tree).findByRole('treeitem', { name: /^README\.md, / }));
		expect(app.route.current).toMatchObject({ file: 'README.md', version: '3.2.0' });
		const text = await within(panel).findByRole('region', { name: 'Text of README.md' });
		expect(text.textContent).toContain('# Timesheet Export');
	});

	test('by keyboard', async () => {
		const { panel, user } = await open();
		const tree = await within(panel).findByRole('tree');
		within(tree)
			.getByRole('treeitem', { name: /^assets\// })
			.focus();
		await user.keyboard('{ArrowLeft}');
		expect(
			within(tree)
				.getByRole('treeitem', { name: /^assets\// })
				.getAttribute('aria-expanded'),
		).toBe('false');
		await user.keyboard('{ArrowRight}{ArrowDown}{Enter}');
		expect(await within(panel).findByText('Not text')).toBeTruthy();
	});

	test('a file in the address is opened, and what hides in it is spelled out', async () => {
		const { panel } = await open(`${FILES}?version=3.3.0&file=dist%2Flevel.js`);
		const text = await within(panel).findByRole('region', { name: 'Text of dist/level.js' });
		expect(within(text).getByText('U+202E')).toBeTruthy();
		expect(text.textContent).not.toContain('\u202e');
	});

	test('an empty file says so', async () => {
		const { panel, user } = await open(`${FILES}?file=empty.txt`);
		expect(await within(panel).findByText('An empty file')).toBeTruthy();
		await user.click(await within(panel).findByRole('treeitem', { name: /^README/ }));
		await within(panel).findByRole('region', { name: /README/ });
	});

	test('a file that this version does not have', async () => {
		const { panel } = await open(`${FILES}?file=gone.js`);
		expect(await within(panel).findByText('This version has no such file')).toBeTruthy();
	});
});

describe('when it cannot be read', () => {
	test('the list', async () => {
		const { screen, panel, user } = await open(FILES, (memory) => memory.failNext('files', unreachable));
		expect(await screen.findByText('The files could not be listed')).toBeTruthy();
		await user.click(screen.getByRole('button', { name: 'Try again' }));
		expect(await within(panel).findByRole('tree')).toBeTruthy();
	});

	test('a file that is not what was published: named, and not shown', async () => {
		const message =
			'“README.md” of timesheet-export 3.2.0 is not what was published: its bytes differ from its digest.';
		const altered = wireError('integrity', 'altered_file', message, 'Do not use it.');
		const { panel } = await open(`${FILES}?file=README.md`, (memory) => memory.failNext('file', altered));
		expect(await within(panel).findByText(message)).toBeTruthy();
		expect(within(panel).queryByRole('region')).toBeNull();
	});
});
