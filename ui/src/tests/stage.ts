import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import AppView from '../App.svelte';
import { Memory, type World } from '../backend/memory';
import { App } from '../state';

/** The whole window on a host in memory, from a given address on, and somebody who uses it. */
export async function stage(
	world: Partial<World> = {},
	hash = '#/browse',
	prepare: (memory: Memory) => void = () => {},
) {
	window.history.replaceState(null, '', hash);
	const memory = new Memory(world);
	prepare(memory);
	const app = new App(memory, window);
	await app.start();
	render(AppView, { app });
	const user = userEvent.setup();
	return { memory, app, user, screen };
}
