/** A version range as people read it: `>=0.22 <1` becomes `≥ 0.22 < 1`, and `*` says nothing. */
export function range(wants: string): string {
	if (wants.trim() === '*' || wants.trim() === '') return '';
	return wants
		.replaceAll('>=', '≥')
		.replaceAll('<=', '≤')
		.replace(/([≥≤<>=^~])\s*(?=\d)/g, (_, operator: string) =>
			/[\^~]/.test(operator) ? operator : `${operator} `,
		);
}
