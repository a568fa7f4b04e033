import { expect, test, vi } from 'vitest';
import { unreachable } from '../../backend/memory/errors';
import { stage } from '../../tests/stage';

test('the language changes everywhere at once and is kept', async () => {
	const { screen, user, memory } = await stage({}, '#/settings');
	await user.click(await screen.findByRole('radio', { name: '简体中文' }));
	expect(await screen.findByRole('heading', { name: '设置', level: 1 })).toBeTruthy();
	expect(document.documentElement.lang).toBe('zh-CN');
	expect(await screen.findByText('已保存')).toBeTruthy();
	expect((await memory.start()).settings.language).toBe('zh-CN');
});

test('the look changes at once', async () => {
	const { screen, user, memory } = await stage({}, '#/settings');
	await user.click(await screen.findByRole('radio', { name: 'Dark' }));
	expect(document.documentElement.dataset.theme).toBe('dark');
	await vi.waitFor(async () => expect((await memory.start()).settings.theme).toBe('dark'));
});

test('the name is saved when the field is left or Enter is pressed, and only when it changed', async () => {
	const { screen, user, memory } = await stage({}, '#/settings');
	const save = vi.spyOn(memory, 'saveSettings');
	const name = await screen.findByLabelText('Your name');
	await user.click(name);
	await user.tab();
	expect(save).not.toHaveBeenCalled();
	await user.clear(name);
	await user.type(name, 'Ada Lovelace{Enter}');
	expect(save).toHaveBeenCalledWith(expect.objectContaining({ actor: 'Ada Lovelace' }));
	expect(await screen.findByText('Saved')).toBeTruthy();
	await user.tab();
	expect(save).toHaveBeenCalledTimes(1);
});

test('what could not be saved is taken back, and not called saved', async () => {
	const { screen, user } = await stage({}, '#/settings', (memory) =>
		memory.failNext('saveSettings', unreachable),
	);
	const light = await screen.findByRole<HTMLInputElement>('radio', { name: 'Light' });
	await user.click(light);
	expect((await screen.findByRole('alert')).textContent).toMatch(/cannot be reached/);
	expect(screen.queryByText('Saved')).toBeNull();
	expect(screen.getAllByRole<HTMLInputElement>('radio', { name: 'As the system' })[0]?.checked).toBe(true);
});
