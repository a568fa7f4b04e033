import ArchiveRestore from '@lucide/svelte/icons/archive-restore';
import ArrowUpFromDot from '@lucide/svelte/icons/arrow-up-from-dot';
import Ban from '@lucide/svelte/icons/ban';
import CircleHelp from '@lucide/svelte/icons/circle-question-mark';
import MessageSquareWarning from '@lucide/svelte/icons/message-square-warning';
import Plug from '@lucide/svelte/icons/plug';
import RotateCcw from '@lucide/svelte/icons/rotate-ccw';
import Undo2 from '@lucide/svelte/icons/undo-2';
import type { Component } from 'svelte';
import type { ActionKind } from '../../../generated/ActionKind';

/** What a revision looks like in the list. */
export const ICONS: Record<ActionKind, Component<{ size?: number; strokeWidth?: number }>> = {
	publish: ArrowUpFromDot,
	rollback: RotateCcw,
	promote: Plug,
	undo: Undo2,
	restore: ArchiveRestore,
	yank: Ban,
	unyank: ArrowUpFromDot,
	deprecate: MessageSquareWarning,
	undeprecate: MessageSquareWarning,
	other: CircleHelp,
};
