import type { BrowseView } from '../generated/BrowseView';

/** With what most words begin. What begins otherwise is searched as everything else is. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/**
 * What each single letter finds, asked for before it is typed. The first letter in an empty field is the slowest: WebKit paints the whole
 * window for the text that begins there, and an answer that is on its way waits until that is done. Where it is there already, letter and
 * results are one picture.
 */
export class Ahead {
	/** The list of which the letters find a part. */
	private list = '';
	private answers = new Map<string, BrowseView>();
	/** For what is being asked. */
	private asking: typeof this.answers | null = null;

	/** What a query finds in a list, if that was asked for. */
	answer(list: string, query: string): BrowseView | undefined {
		return list === this.list ? this.answers.get(query) : undefined;
	}

	/**
	 * Asks for what is missing, until there is nothing of this list to be had. One letter at a time: what somebody types meanwhile waits for
	 * one at most.
	 */
	async prepare(list: string, ask: (letter: string) => Promise<BrowseView | null>): Promise<void> {
		if (list !== this.list) this.answers = new Map();
		this.list = list;
		const { answers } = this;
		if (this.asking === answers) return;
		this.asking = answers;
		try {
			for (const letter of LETTERS) {
				if (answers !== this.answers) break;
				const view = answers.get(letter) ?? (await ask(letter));
				if (view === null) break;
				answers.set(letter, view);
			}
		} catch {
			// It is asked for again when it is typed, and then the failure is said.
		}
		if (this.asking === answers) this.asking = null;
	}
}
