/** Precedence of two versions as SemVer 2.0.0 §11 defines it; build metadata does not count. */
export function compareVersions(a: string, b: string): number {
	const [left, right] = [parts(a), parts(b)];
	for (let i = 0; i < 3; i += 1) {
		const d = (left.core[i] ?? 0) - (right.core[i] ?? 0);
		if (d !== 0) return Math.sign(d);
	}
	if (left.pre.length === 0 || right.pre.length === 0) {
		return Math.sign(right.pre.length - left.pre.length);
	}
	for (let i = 0; i < Math.max(left.pre.length, right.pre.length); i += 1) {
		const d = compareIdentifiers(left.pre[i], right.pre[i]);
		if (d !== 0) return d;
	}
	return 0;
}

function parts(version: string): { core: number[]; pre: string[] } {
	const [plain = ''] = version.split('+');
	const dash = plain.indexOf('-');
	const core = dash < 0 ? plain : plain.slice(0, dash);
	const pre = dash < 0 ? '' : plain.slice(dash + 1);
	return { core: core.split('.').map(Number), pre: pre === '' ? [] : pre.split('.') };
}

function compareIdentifiers(a: string | undefined, b: string | undefined): number {
	if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
	const [x, y] = [/^\d+$/.test(a), /^\d+$/.test(b)];
	if (x && y) return Math.sign(Number(a) - Number(b));
	if (x !== y) return x ? -1 : 1;
	return a === b ? 0 : a < b ? -1 : 1;
}

/** The part of a change that only a promote or only a rollback can do. */
export function direction(from: string | null, to: string): 'back' | 'forward' | 'same' {
	if (from === null) return 'forward';
	const order = compareVersions(to, from);
	return order < 0 ? 'back' : order > 0 ? 'forward' : 'same';
}
