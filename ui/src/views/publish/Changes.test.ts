import { expect, test } from 'vitest';
import { unreachable } from '../../backend/memory/errors';
import { stage } from '../../tests/stage';

async function version(prepare?: Parameters<typeof stage>[2]) {
	const staged = await stage({}, '#/publish?path=%2Fhome%2Fmei%2Fcode%2Ftimesheet-export', prepare);
	await staged.user.click(await staged.screen.findByRole('button', { name: 'Continue' }));
	await staged.screen.findByRole('heading', { name: 'Version 4.0.0' });
	return staged;
}

test('what a publish changes: manifest, files, and which number that asks for', async () => {
	const { screen, user } = await version();
	const section = await screen.findByRole('region', { name: 'What this publish changes' });
	expect(section.textContent).toContain('Compared with 3.4.0-beta.2');
	expect(await screen.findByText(/^4\.0\.0 fits: this is something new\.$/)).toBeTruthy();
	expect(screen.getByText('It may do more: “screen”.')).toBeTruthy();
	expect(screen.getByText('dist/new.js')).toBeTruthy();
	await user.click(screen.getByRole('button', { name: 'Show every line' }));
	expect(screen.getByRole('region', { name: 'Differences' })).toBeTruthy();
});

test('that it cannot be found out does not stop the publish', async () => {
	const { screen, user } = await version((memory) => memory.failNext('compareFolder', unreachable));
	expect(await screen.findByText('What this changes could not be found out')).toBeTruthy();
	expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Continue' }).disabled).toBe(false);
	await user.click(screen.getByRole('button', { name: 'Try again' }));
	expect(await screen.findByText('It may do more: “screen”.')).toBeTruthy();
});
