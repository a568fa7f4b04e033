import { within } from '@testing-library/svelte';
import { describe, expect, test, vi } from 'vitest';
import { unreachable } from '../../backend/memory/errors';
import { stage } from '../../tests/stage';

async function open(...rest: [Parameters<typeof stage>[0]?, Parameters<typeof stage>[2]?]) {
	const staged = await stage(rest[0], '#/registries', rest[1]);
	await staged.screen.findByRole('heading', { name: 'Registries', level: 1 });
	const details = () => staged.screen.getByRole('complementary', { name: 'Details' });
	const row = (name: RegExp) => staged.screen.getByRole('option', { name });
	const field = (name: string) => staged.screen.getByLabelText<HTMLInputElement>(name);
	const button = (name: string) => staged.screen.getByRole<HTMLButtonElement>('button', { name });
	const menu = async (item: string) => {
		await staged.user.click(within(details()).getByRole('button', { name: 'More actions' }));
		// Nothing is laid out here, so the menu is never placed, and what is not placed has no name.
		await staged.user.click(await staged.screen.findByText(item));
	};
	return { ...staged, details, row, field, button, menu };
}

async function describeBucket({ user, field, button }: Awaited<ReturnType<typeof open>>, name: string) {
	await user.click(button('Add a registry'));
	await user.type(field('Name'), name);
	await user.type(field('Bucket'), 'team-bucket');
	await user.type(field('Access key id'), 'AKIAEXAMPLE');
	await user.type(field('Secret access key'), 'not-a-secret');
}

describe('the list', () => {
	test('says where each is, who one is there, and what one may do', async () => {
		const { row, details, user } = await open();
		expect(row(/^acme-plugins Default In use.*Can publish/)).toBeTruthy();
		expect(within(details()).getByText('arn:aws:iam::123456789012:user/mei')).toBeTruthy();
		await user.click(row(/^community/));
		expect(within(details()).getByText('Read only')).toBeTruthy();
		expect(within(details()).getByText(/public HTTP/)).toBeTruthy();
	});

	test('arrows move the selection, and the details follow', async () => {
		const { row, details, user } = await open();
		row(/^acme-plugins/).focus();
		await user.keyboard('{ArrowDown}');
		expect(document.activeElement).toBe(row(/^local/));
		expect(within(details()).getByRole('heading', { name: 'local' })).toBeTruthy();
	});

	test('another default moves nobody', async () => {
		const { row, user, menu, app } = await open();
		await user.click(row(/^local/));
		await menu('Make default');
		expect(await vi.waitFor(() => row(/^local Default/))).toBeTruthy();
		expect(app.registries.name).toBe('acme-plugins');
	});

	test('removing asks first, and says that nothing in the bucket changes', async () => {
		const { row, user, menu, screen } = await open();
		await user.click(row(/^local/));
		await menu('Remove…');
		const dialog = await screen.findByRole('alertdialog', { name: 'Remove local from this computer?' });
		await user.click(within(dialog).getByRole('button', { name: 'Remove' }));
		await vi.waitFor(() => expect(screen.queryByRole('option', { name: /^local/ })).toBeNull());
	});
});

describe('adding a registry', () => {
	test('tests the connection at once, step by step, and says where it stopped', async () => {
		const staged = await open();
		const add = vi.spyOn(staged.memory, 'addRegistry');
		await describeBucket(staged, 'broken');
		expect(staged.field('Secret access key').type).toBe('password');
		await staged.user.click(staged.button('Add and test'));

		const { details } = staged;
		expect(await within(details()).findByText('It stopped at: Credentials.')).toBeTruthy();
		expect(within(details()).getByText('203.0.113.4')).toBeTruthy();
		expect(within(details()).getByRole('alert').textContent).toMatch(/does not know this key/);
		expect(within(details()).getAllByText('An earlier step failed')).toHaveLength(3);
		expect(document.activeElement).toBe(staged.row(/^broken/));
		const key = { access_key_id: 'AKIAEXAMPLE', secret_access_key: 'not-a-secret', session_token: null };
		expect(add).toHaveBeenCalledWith(
			expect.objectContaining({ bucket: 'team-bucket', url: null, create: false }),
			key,
		);
		expect(document.body.textContent).not.toContain('not-a-secret');
	});

	test('when all steps pass, one can publish', async () => {
		const staged = await open();
		await describeBucket(staged, 'team');
		await staged.user.click(staged.button('Add and test'));
		expect(await within(staged.details()).findByText('Everything works.')).toBeTruthy();
		expect(staged.row(/^team.*Can publish/)).toBeTruthy();
	});

	test('what is missing or wrong is said, and gets the focus', async () => {
		const { user, button, field, screen } = await open();
		await user.click(button('Add a registry'));
		await user.type(field('Name'), 'acme-plugins');
		expect(screen.getByText('You know a registry of this name already.')).toBeTruthy();
		await user.type(field('Bucket'), 's3://bucket');
		await user.click(button('Add and test'));
		expect(document.activeElement).toBe(field('Name'));
		expect(screen.getByText(/no s3:\/\/ in front/)).toBeTruthy();
		expect(screen.getAllByText('This is needed.')).toHaveLength(2);
	});

	test('the key is cleared also when it was not added', async () => {
		const staged = await open({}, (memory) => memory.failNext('addRegistry', unreachable));
		await describeBucket(staged, 'team');
		await staged.user.click(staged.button('Add and test'));
		expect(await staged.screen.findByText('The registry was not added')).toBeTruthy();
		expect(staged.field('Bucket').value).toBe('team-bucket');
		expect(staged.field('Secret access key').value).toBe('');
		expect(staged.screen.getAllByText('For safety the key was cleared. Enter it again.')).toHaveLength(2);
	});

	test('a public address needs no key', async () => {
		const { user, button, field, screen, memory, details } = await open();
		const add = vi.spyOn(memory, 'addRegistry');
		await user.click(button('Add a registry'));
		await user.click(screen.getByRole('radio', { name: 'A public address' }));
		await user.type(field('Name'), 'public');
		await user.type(field('Address'), 'https://plugins.example.org/');
		await user.click(button('Add and test'));
		expect(await within(details()).findByText('It can be read, not published to.')).toBeTruthy();
		expect(add).toHaveBeenCalledWith(
			expect.objectContaining({ credentials: { source: 'none' }, bucket: null }),
			null,
		);
	});
});

test('logging in again replaces the key and tests it', async () => {
	const { menu, screen, user, memory, details } = await open();
	const logIn = vi.spyOn(memory, 'logIn');
	await menu('Log in again…');
	const dialog = await screen.findByRole('dialog', { name: 'Log in to acme-plugins' });
	await user.type(within(dialog).getByLabelText('Access key id'), 'AKIANEW');
	await user.type(within(dialog).getByLabelText('Secret access key'), 'new');
	await user.click(within(dialog).getByRole('button', { name: 'Log in' }));
	const key = { access_key_id: 'AKIANEW', secret_access_key: 'new', session_token: null };
	expect(logIn).toHaveBeenCalledWith('acme-plugins', key);
	expect(await within(details()).findByText('Everything works.')).toBeTruthy();
});
