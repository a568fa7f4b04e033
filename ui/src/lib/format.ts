/** How numbers, sizes and times are written in one language. */
export interface Format {
	/** `6,858` */
	number(n: number): string;
	/** `412 KB`, `1.4 MB`: thousands, as file managers count. */
	bytes(n: number): string;
	/** `2 hours ago`, `just now`; days beyond a week become dates. */
	ago(iso: string, now: number): string;
	/** `12 Oct`, with the year when it is not this one. */
	day(iso: string, now: number): string;
	/** `12 October 2026` */
	longDay(iso: string): string;
	/** `Monday, 12 October 2026 at 14:03:21 CEST`: what a hover shows. */
	exact(iso: string): string;
	/** `about 2 minutes left` needs `2 minutes`. */
	duration(seconds: number): string;
	/** `a, b and c` */
	list(items: string[]): string;
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Sizes in a language. A format is made once: that takes as long as a hundred numbers. */
function sizes(locale: string): (n: number) => string {
	const formats = new Map<string, Intl.NumberFormat>();
	return (n) => {
		let value = n;
		let power = 0;
		while (value >= 999.5 && power < UNITS.length - 1) {
			value /= 1000;
			power += 1;
		}
		const unit = UNITS[power] ?? 'byte';
		const maximumFractionDigits = power > 0 && value < 9.95 ? 1 : 0;
		const key = `${unit} ${maximumFractionDigits}`;
		let format = formats.get(key);
		if (!format) {
			const unitDisplay = power === 0 ? 'long' : 'short';
			format = new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay, maximumFractionDigits });
			formats.set(key, format);
		}
		// Intl writes kB; file managers and people write KB.
		return format.format(value).replace('kB', 'KB');
	};
}

/** The formats of a language; `justNow` is the one word that Intl does not know. */
export function createFormat(locale: string, justNow: string): Format {
	// British English writes days as people in most of the world do: 12 Oct 2026.
	const dates = locale === 'en' ? 'en-GB' : locale;
	const number = new Intl.NumberFormat(locale);
	const short = new Intl.DateTimeFormat(dates, { day: 'numeric', month: 'short' });
	const shortYear = new Intl.DateTimeFormat(dates, { day: 'numeric', month: 'short', year: 'numeric' });
	const long = new Intl.DateTimeFormat(dates, { day: 'numeric', month: 'long', year: 'numeric' });
	const exact = new Intl.DateTimeFormat(dates, { dateStyle: 'full', timeStyle: 'long' });
	const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'always' });
	const list = new Intl.ListFormat(dates, { type: 'conjunction' });

	const bytes = sizes(locale);
	const at = (iso: string) => new Date(iso);
	/** Numbers stand apart from Chinese words, as in all our sentences; Intl sets them close. */
	const apart = (text: string) => text.replace(/(\d)(?=\p{Script=Han})/gu, '$1 ');
	const day = (iso: string, now: number) =>
		(at(iso).getFullYear() === new Date(now).getFullYear() ? short : shortYear)
			.format(at(iso))
			// British English alone has one month of four letters.
			.replace('Sept', 'Sep');

	return {
		number: (n) => number.format(n),
		bytes: (n) => apart(bytes(n)),
		ago(iso, now) {
			const seconds = Math.round((at(iso).getTime() - now) / 1000);
			// A clock that is a little ahead of ours is no reason to say "in 3 seconds".
			if (seconds > -45) return seconds < 60 ? justNow : day(iso, now);
			if (seconds > -3_600) return apart(relative.format(Math.min(-1, Math.round(seconds / 60)), 'minute'));
			if (seconds > -86_400) return apart(relative.format(Math.round(seconds / 3_600), 'hour'));
			if (seconds > -604_800) return apart(relative.format(Math.round(seconds / 86_400), 'day'));
			return day(iso, now);
		},
		day,
		longDay: (iso) => long.format(at(iso)),
		exact: (iso) => exact.format(at(iso)),
		duration(seconds) {
			const [value, unit] =
				seconds < 60 ? [Math.max(1, Math.round(seconds)), 'second'] : [Math.round(seconds / 60), 'minute'];
			return apart(new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value));
		},
		list: (items) => list.format(items),
	};
}
