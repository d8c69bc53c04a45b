/** A version in CHANGELOG.md. */
export interface ChangelogSection {
	version: string;
	/** What follows the version in its heading, if anything: its date. */
	date: string | undefined;
	/** Markdown, without the heading. */
	text: string;
}

const HEADING = /^## \[([^\]]+)\](?: - (.*))?$/;

/** The sections of a changelog, newest first; the one for what is unreleased is among them. */
export function readChangelog(markdown: string): ChangelogSection[] {
	const sections: ChangelogSection[] = [];
	for (const line of markdown.split(/\r?\n/)) {
		const [isHeading, version = '', date] = HEADING.exec(line) ?? [];
		const last = sections.at(-1);
		if (isHeading) sections.push({ version, date, text: '' });
		else if (last) last.text += `${line}\n`;
	}
	return sections.map((section) => ({ ...section, text: section.text.trim() }));
}

/** What keeps a version from being released with this changelog, as sentences. */
export function changelogFaults(markdown: string, version: string): string[] {
	const sections = readChangelog(markdown).filter((section) => section.version !== 'Unreleased');
	const [newest] = sections;
	if (newest?.version !== version) {
		return [
			`package.json has version ${version}, but the newest version in CHANGELOG.md is ${newest?.version ?? 'none'}. ` +
				`Rename "## [Unreleased]" to "## [${version}] - YYYY-MM-DD", or set the version.`,
		];
	}
	return [
		...(/^\d{4}-\d{2}-\d{2}$/.test(newest.date ?? '')
			? []
			: [
					`The heading of ${version} in CHANGELOG.md needs a date: "## [${version}] - YYYY-MM-DD".`,
				]),
		...(newest.text ? [] : [`CHANGELOG.md says nothing about ${version}.`]),
	];
}

/**
 * The notes of a release: its section, with links that work outside the repository.
 *
 * @param repository its address, such as `https://github.com/owner/name`
 * @throws Error if the changelog has no such version
 */
export function releaseNotes(markdown: string, version: string, repository: string): string {
	const section = readChangelog(markdown).find((it) => it.version === version);
	if (!section) throw new Error(`CHANGELOG.md has no section "## [${version}]".`);
	return section.text.replace(
		/\]\((?!https?:|#)([^)]+)\)/g,
		(_, target: string) => `](${repository}/blob/${version}/${target})`,
	);
}
