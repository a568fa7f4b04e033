import { describe, expect, test, vi } from 'vitest';
import { Memory } from '../backend/memory';
import { unreachable } from '../backend/memory/errors';
import type { BrowseView } from '../generated/BrowseView';
import type { JobView } from '../generated/JobView';
import type { PluginCard } from '../generated/PluginCard';
import { Browse } from './browse.svelte';
import { Jobs } from './jobs.svelte';
import { Layout } from './layout.svelte';
import { Levels } from './levels.svelte';
import { Registries } from './registries.svelte';
import { parse, type Route, write } from './route.svelte';

async function browsing(memory = new Memory()) {
	const registries = new Registries(memory);
	registries.set((await memory.start()).registries);
	return { memory, browse: new Browse(memory, registries) };
}

const asked = (query: string) => ({ query, sort: 'relevance', offset: 0, limit: 100 }) as const;

describe('browse', () => {
	test('the last question wins, whatever order answers come in', async () => {
		const { memory, browse } = await browsing();
		const answers: ((view: BrowseView) => void)[] = [];
		const real = memory.browse.bind(memory);
		memory.browse = () => new Promise((resolve) => answers.push(resolve));
		const slow = browse.search('zotero');
		const quick = browse.search('pomodoro');
		answers[1]?.(await real('acme-plugins', asked('pomodoro')));
		answers[0]?.(await real('acme-plugins', asked('zotero')));
		await Promise.all([slow, quick]);
		expect([browse.found, browse.row(0)?.id]).toEqual([1, 'pomodoro-bar']);
	});

	test('a failure keeps the rows that are there', async () => {
		const { memory, browse } = await browsing();
		await browse.load();
		memory.failNext('browse', unreachable);
		await browse.load();
		expect(browse.error).toEqual(unreachable);
		expect(browse.found).toBe(12);
		expect(browse.row(11)).not.toBeNull();
	});

	/** A registry of many, of which only what is asked for is made. */
	function crowd(memory: Memory, count: number) {
		const pages: number[] = [];
		const real = memory.browse.bind(memory);
		memory.browse = async (registry, request) => {
			pages.push(request.offset);
			const [card] = (await real(registry, asked(''))).rows;
			const view = await real(registry, asked(''));
			const length = Math.max(0, Math.min(request.limit, count - request.offset));
			const rows = Array.from({ length }, (_, i) => ({
				...(card as PluginCard),
				id: `p-${request.offset + i}`,
			}));
			const at = Number(request.locate?.slice(2));
			return { ...view, rows, offset: request.offset, found: count, located: Number.isNaN(at) ? null : at };
		};
		return pages;
	}

	test('of a hundred thousand only the pages near what is seen are read', async () => {
		const { memory, browse } = await browsing();
		const pages = crowd(memory, 100_000);
		await browse.load();
		expect([browse.found, pages]).toEqual([100_000, [0]]);
		expect(browse.select(99_999)).toBe(99_999);
		expect(browse.selected).toBeNull();
		await vi.waitFor(() => expect(browse.selected?.id).toBe('p-99999'));
		expect(pages).toEqual([0, 99_968]);
		for (let row = 0; row < 9_000; row += 1) browse.want(row);
		await vi.waitFor(() => expect(browse.row(8_999)?.id).toBe('p-8999'));
		expect(pages.length, 'what flew past was not read').toBeLessThan(6);
		expect(browse.row(4_000)).toBeNull();
	});

	test('another order keeps the selection and finds it again', async () => {
		const { memory, browse } = await browsing();
		crowd(memory, 1_000);
		await browse.load();
		browse.select(21);
		await browse.sortBy('name');
		expect([browse.at, browse.selected?.id, browse.reveal]).toEqual([21, 'p-21', true]);
	});

	test('a list that lacks what is new is read again when it has that, by one who waits', async () => {
		const { memory, browse } = await browsing();
		const real = memory.browse.bind(memory);
		const told: (() => void)[] = [];
		let ready = false;
		memory.browse = async (registry, request) => {
			if (request.wait) await new Promise<void>((resolve) => told.push(resolve));
			return { ...(await real(registry, request)), behind: !ready };
		};
		await browse.load();
		await browse.search('pomodoro');
		expect([browse.found, browse.view?.behind, told.length]).toEqual([1, true, 1]);
		ready = true;
		told[0]?.();
		await vi.waitFor(() => expect(browse.view?.behind).toBe(false));
		expect([browse.query, browse.found, told.length]).toEqual(['pomodoro', 1, 1]);
	});

	/** Every query that the host is asked for. */
	function queries(memory: Memory) {
		const list: string[] = [];
		const real = memory.browse.bind(memory);
		memory.browse = (registry, request) => {
			list.push(request.query);
			return real(registry, request);
		};
		return list;
	}

	test('a first letter is answered by what was asked before it was typed', async () => {
		const { memory, browse } = await browsing();
		await browse.load();
		const asking = queries(memory);
		await browse.lookAhead();
		expect(asking.join('')).toBe('abcdefghijklmnopqrstuvwxyz');
		await browse.lookAhead();
		void browse.search('t');
		// Before a frame: no task, only what stands behind this one.
		for (let i = 0; i < 10; i += 1) await null;
		expect(browse.answered).toBe(true);
		const found = (await memory.browse('acme-plugins', asked('t'))).rows.map((row) => row.id);
		expect(found.map((_, i) => browse.row(i)?.id)).toEqual(found);
		expect(asking.length, 'nothing more was asked but by this test').toBe(27);
		await browse.search('ti');
		expect(asking.at(-1)).toBe('ti');
	});

	test('what letters find in another list is asked for anew', async () => {
		const { memory, browse } = await browsing();
		await browse.load();
		await browse.lookAhead();
		const asking = queries(memory);
		await browse.sortBy('name');
		await browse.search('t');
		expect(asking).toEqual(['', 't']);
		await browse.search('');
		const of = memory.browse;
		memory.browse = async (...args) => ({ ...(await of(...args)), edition: 99 });
		await browse.lookAhead();
		expect(asking, 'an answer of another edition ends it').toEqual(['', 't', '', 'a']);
		await browse.load();
		await browse.lookAhead();
		await browse.search('t');
		expect([asking.length, browse.view?.edition]).toEqual([5 + 26, 99]);
	});

	test('who types is not waited for: letters are asked for until something is typed', async () => {
		const { memory, browse } = await browsing();
		await browse.load();
		const asking = queries(memory);
		const letters = browse.lookAhead();
		await browse.search('tim');
		await letters;
		expect(asking).toEqual(['a', 'tim']);
		memory.failNext('browse', unreachable);
		await browse.search('');
		await browse.search('');
		await browse.lookAhead();
		expect(asking.length, 'it goes on where it stopped').toBe(4 + 25);
	});

	test('a list that became another one is read anew', async () => {
		const { memory, browse } = await browsing();
		crowd(memory, 1_000);
		await browse.load();
		const of = memory.browse;
		memory.browse = async (...args) => ({ ...(await of(...args)), edition: 99 });
		browse.want(500);
		await vi.waitFor(() => expect(browse.view?.edition).toBe(99));
		expect(browse.row(0)?.id).toBe('p-0');
	});
});

describe('jobs', () => {
	const job = (state: JobView['status'], started_at = '2026-11-23T10:00:00Z'): JobView => ({
		...{ id: '1', kind: 'download', registry: 'r', plugin: 'p', version: '1.0.0', path: '/p.zip' },
		...{ started_at, finished_at: null, status: state },
	});
	const running: JobView['status'] = {
		...{ state: 'running', phase: 'downloading', done: 0, total: 9, eta: null, cancelling: false },
	};

	test('an answer that comes after the end does not bring a job back to life', async () => {
		const memory = new Memory();
		let tell: (job: JobView) => void = () => {};
		memory.onJob = (listener) => {
			tell = listener;
			return () => true;
		};
		memory.download = async () => {
			tell(job({ state: 'cancelled' }));
			return job(running);
		};
		const jobs = new Jobs(memory);
		const ended: string[] = [];
		jobs.onEnd((j) => ended.push(j.status.state));
		jobs.follow();
		await jobs.download('r', 'p', '1.0.0', 'any');
		expect(jobs.list.map((j) => j.status.state)).toEqual(['cancelled']);
		expect(ended).toEqual(['cancelled']);
	});
});

test('Esc closes the innermost level first', () => {
	const levels = new Levels();
	const closed: string[] = [];
	const add = (name: string, depth: 'page' | 'sheet' | 'change', has: boolean) =>
		levels.add(() => {
			if (has) closed.push(name);
			return has;
		}, depth);
	add('change', 'change', false);
	add('page', 'page', true);
	const stop = add('sheet', 'sheet', true);
	expect(levels.closeOne()).toBe(true);
	stop();
	expect(levels.closeOne()).toBe(true);
	expect(closed).toEqual(['sheet', 'page']);
});

test('the width of the details is remembered, and stays inside its limits', () => {
	const layout = new Layout(window);
	layout.resize(361);
	expect(new Layout(window).inspector).toBe(361);
	layout.resize(9_999);
	expect(new Layout(window).inspector).toBe(380);
	window.localStorage.setItem('patchbay.inspector', 'NaN');
	expect(new Layout(window).inspector).toBe(320);
});

test.each<Route>([
	{ name: 'browse' },
	{ name: 'plugin', id: 'a.b-c', tab: 'versions', version: '1.0.0-rc.1+build', from: 'releases' },
	{ name: 'plugin', id: 'x', tab: 'overview', version: null, from: 'browse' },
	{
		name: 'plugin',
		id: 'x',
		tab: 'compare',
		version: '1.1.0',
		base: '1.0.0',
		file: 'a b/c&d.js',
		from: 'browse',
	},
	{ name: 'publish', path: 'C:\\Users\\梅\\my plugin#1' },
	{ name: 'publish', path: null },
	{ name: 'settings' },
])('an address leads back to its route: %o', (route) => {
	expect(parse(write(route))).toEqual(route);
});

test('an unknown address is Browse', () => {
	expect(parse('#/nowhere/at/all')).toEqual({ name: 'browse' });
	expect(parse('')).toEqual({ name: 'browse' });
});
