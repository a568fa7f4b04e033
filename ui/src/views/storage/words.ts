import type { HealthReport } from '../../generated/HealthReport';
import type { JobResult } from '../../generated/JobResult';
import { f, m } from '../../lib/messages';

/** How a registry is, in one sentence. */
export function summary(report: HealthReport): string {
	const words = m().storage.health;
	const wrong = report.findings.filter((found) => found.weight !== 'untidy').length + report.more;
	if (!report.healthy) return words.damaged(f().number(wrong));
	if (report.repaired.length > 0) return words.repaired(f().number(report.repaired.length));
	return report.findings.length > 0 ? words.untidy : words.whole;
}

/** What a clean-up did. */
export function cleaned({ removed, bytes, kept }: Extract<JobResult, { kind: 'cleaned' }>): string {
	const words = m().storage.clean;
	const done = words.done(f().number(removed), f().bytes(bytes));
	return kept > 0 ? `${done} ${words.kept(f().number(kept))}` : done;
}
