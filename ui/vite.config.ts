import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

/** The same policy as the window's, so that `vite preview` shows what it would block. */
const policy = [
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"img-src 'self' data:",
	"font-src 'self'",
	"connect-src 'self' ipc: http://ipc.localhost",
].join('; ');

export default defineConfig({
	plugins: [svelte(), svelteTesting()],
	clearScreen: false,
	server: { port: 1420, strictPort: true },
	preview: { headers: { 'Content-Security-Policy': policy } },
	build: {
		// Fonts must stay files: the policy allows no data: fonts.
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		target: ['safari16', 'chrome110'],
		reportCompressedSize: false,
	},
	test: {
		environment: 'jsdom',
		include: ['src/**/*.test.ts'],
		setupFiles: ['src/tests/setup.ts'],
		css: false,
		// Whole journeys, on machines that build Rust at the same time.
		testTimeout: 30_000,
		// One fewer is what it takes by itself, which on two cores is one.
		maxWorkers: '100%',
	},
});
