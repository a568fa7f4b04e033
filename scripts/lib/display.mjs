// Whether there is a screen to open a window on.

import { Problem } from './say.mjs';

export function checkDisplay(environment = process.env, platform = process.platform) {
	if (platform !== 'linux' || environment.DISPLAY || environment.WAYLAND_DISPLAY) return;
	throw new Problem(
		[
			'There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can be opened.',
			'',
			'  On a desktop      run npm start in a terminal of that desktop',
			'  Over SSH          connect with ssh -X, then npm start',
			'  Without a screen  use the command line: cargo run -p patchbay-cli -- --help',
			'  In a container    xvfb-run -a npm start opens it on a screen that nobody sees; npm test does that by itself',
		].join('\n'),
	);
}
