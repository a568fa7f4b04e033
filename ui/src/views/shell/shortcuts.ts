import { composing, plain, typing, withModifier } from '../../lib/keys';
import type { App } from '../../state';

/** The keys that work everywhere. A key that belongs to an input method, a dialog or a field is left alone. */
export function shortcuts(app: App, event: KeyboardEvent): void {
	if (event.defaultPrevented || composing(event)) return;
	if (withModifier(event, 'k')) {
		event.preventDefault();
		app.dialog = app.dialog === 'palette' ? null : 'palette';
		return;
	}
	if (app.dialog !== null || app.link !== null) return;
	if (event.key === 'Escape') {
		if (app.levels.closeOne()) event.preventDefault();
		return;
	}
	if (withModifier(event, 'r')) {
		event.preventDefault();
		void app.sync.now();
		return;
	}
	if (typing(event)) return;
	if (plain(event, '/')) {
		event.preventDefault();
		app.route.go({ name: 'browse' });
		app.browse.focusSearch();
	} else if (plain(event, '?')) {
		event.preventDefault();
		app.dialog = 'keys';
	}
}
