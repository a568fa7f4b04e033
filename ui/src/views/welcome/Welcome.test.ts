import { expect, test, vi } from 'vitest';
import { unreachable } from '../../backend/memory/errors';
import { stage } from '../../tests/stage';

async function open(...rest: [Parameters<typeof stage>[2]?]) {
	const staged = await stage({ registries: [] }, '#/browse', rest[0]);
	const button = (name: string | RegExp) => staged.screen.findByRole('button', { name });
	return { ...staged, button };
}

test('looking around leads to the plugins of the registry on this computer', async () => {
	const { screen, user, button, app } = await open();
	expect(screen.getByRole('heading', { name: 'Welcome to Patchbay' })).toBeTruthy();
	await user.click(await button('Look around'));
	expect(await screen.findByRole('listbox', { name: 'Plugins' })).toBeTruthy();
	expect(app.registries.current?.kind).toBe('embedded');
});

test('what went wrong is said, and can be tried again', async () => {
	const { screen, user, button } = await open((memory) => memory.failNext('startEmbedded', unreachable));
	await user.click(await button('Look around'));
	expect(await screen.findByText('The registry on this computer could not be set up')).toBeTruthy();
	await user.click(await button('Look around'));
	expect(await screen.findByRole('listbox', { name: 'Plugins' })).toBeTruthy();
});

test('an AWS profile fills the form, and the new registry is tested', async () => {
	const { screen, user, button, memory } = await open();
	const add = vi.spyOn(memory, 'addRegistry');
	await user.click(await button('Choose a profile…'));
	await user.click(await button('acme-prod'));
	expect(screen.getByRole<HTMLInputElement>('radio', { name: 'AWS profile' }).checked).toBe(true);
	await user.type(screen.getByLabelText('Name'), 'acme');
	await user.type(screen.getByLabelText('Bucket'), 'acme-plugins');
	await user.click(await button('Add and test'));
	expect(await screen.findByText('Everything works.')).toBeTruthy();
	const credentials = { source: 'profile', name: 'acme-prod' };
	expect(add).toHaveBeenCalledWith(expect.objectContaining({ name: 'acme', credentials }), null);
});

test('Esc goes one level back', async () => {
	const { screen, user, button } = await open();
	await user.click(await button('Choose a profile…'));
	await user.click(await button('default'));
	await user.keyboard('{Escape}');
	expect(await screen.findByRole('heading', { name: 'Which profile?' })).toBeTruthy();
	await user.keyboard('{Escape}');
	expect(await button('Look around')).toBeTruthy();
	expect(document.activeElement).toBe(await button('Choose a profile…'));
});

test('who reads Chinese finds it', async () => {
	const { screen, user, button } = await open();
	await user.click(await button('简体中文'));
	expect(await screen.findByRole('heading', { name: '欢迎使用 Patchbay' })).toBeTruthy();
});
