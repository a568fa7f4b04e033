import type { ExcludedView } from '../../generated/ExcludedView';
import type { FileView } from '../../generated/FileView';

/** One line of the tree. */
export interface Row {
	/** Its path; a folder's ends in `/`. */
	path: string;
	/** The last part of it. */
	name: string;
	/** 0 for what lies in the folder itself. */
	level: number;
	/** Bytes; of a folder all that goes in from it. */
	size: number;
	folder: boolean;
	/** Set for what stays out. */
	excluded: ExcludedView | null;
	/** Whether a folder shows what is in it. */
	open: boolean;
	/** Where it stands among its neighbours, from 1 on, and how many they are. */
	position: number;
	neighbours: number;
}

interface Node {
	path: string;
	name: string;
	size: number;
	folder: boolean;
	excluded: ExcludedView | null;
	children: Map<string, Node>;
}

/** What goes in and what stays out as the lines of a tree: folders first, then files, by name. */
export function rows(files: FileView[], excluded: ExcludedView[], closed: ReadonlySet<string>): Row[] {
	const root = node('', '', true, null);
	for (const file of files) put(root, file.path, file.size, null);
	for (const out of excluded) put(root, out.path, 0, out);
	return lines(root, 0, closed);
}

function node(path: string, name: string, folder: boolean, excluded: ExcludedView | null): Node {
	return { path, name, size: 0, folder, excluded, children: new Map() };
}

function put(root: Node, path: string, size: number, excluded: ExcludedView | null): void {
	const parts = path.split('/').filter(Boolean);
	const leaf = parts.pop();
	if (leaf === undefined) return;
	let at = root;
	at.size += size;
	for (const part of parts) {
		const inside = at.children.get(`${part}/`) ?? node(`${at.path}${part}/`, `${part}/`, true, null);
		at.children.set(`${part}/`, inside);
		at = inside;
		at.size += size;
	}
	const folder = path.endsWith('/');
	const name = folder ? `${leaf}/` : leaf;
	const made = node(`${at.path}${name}`, name, folder, excluded);
	made.size = size;
	at.children.set(name, made);
}

function lines(parent: Node, level: number, closed: ReadonlySet<string>): Row[] {
	const children = [...parent.children.values()].sort(
		(a, b) =>
			Number(b.folder) - Number(a.folder) || a.name.localeCompare(b.name, undefined, { numeric: true }),
	);
	return children.flatMap((child, i) => {
		const { path, name, size, folder, excluded } = child;
		const open = folder && excluded === null && !closed.has(path);
		const row: Row = {
			...{ path, name, level, size, folder, excluded, open },
			position: i + 1,
			neighbours: children.length,
		};
		return open ? [row, ...lines(child, level + 1, closed)] : [row];
	});
}

/** Where a key leads from a row, as the tree pattern of the ARIA practices has it: to another row, or to folding this one. */
export function keyed(key: string, list: Row[], at: number): number | 'fold' | null {
	const row = list[at];
	if (row === undefined) return null;
	const branch = row.folder && row.excluded === null;
	if (branch && (key === 'Enter' || key === ' ')) return 'fold';
	if (branch && key === (row.open ? 'ArrowLeft' : 'ArrowRight')) return 'fold';
	const above = list.findIndex((r) => r.path === parent(row.path));
	const to = {
		...{
			ArrowDown: at + 1,
			ArrowUp: at - 1,
			Home: 0,
			End: list.length - 1,
			PageDown: at + 10,
			PageUp: at - 10,
		},
		...{ ArrowRight: row.open ? at + 1 : at, ArrowLeft: above < 0 ? at : above },
	}[key];
	return to === undefined ? null : Math.max(0, Math.min(list.length - 1, to));
}

/** The folder that a path lies in; empty at the top. */
export function parent(path: string): string {
	return path.replace(/[^/]+\/?$/, '');
}
