/**
 * Splits JSON objects that follow one another, with or without space between them, as Splunk takes them.
 *
 * @returns the text of each object; the last entry is undefined if the text ends within one, or is something else
 */
export function splitJsonObjects(text: string): Array<string | undefined> {
	const objects: Array<string | undefined> = [];
	let position = skipSpace(text, 0);
	while (position < text.length) {
		const end = text[position] === '{' ? endOfObject(text, position) : undefined;
		if (end === undefined) return [...objects, undefined];
		objects.push(text.slice(position, end));
		position = skipSpace(text, end);
	}
	return objects;
}

function skipSpace(text: string, from: number): number {
	let position = from;
	while (' \t\r\n'.includes(text[position] ?? 'x')) position++;
	return position;
}

/** The position after the object that starts at `from`; undefined if it does not end. */
function endOfObject(text: string, from: number): number | undefined {
	let depth = 0;
	let isInText = false;
	for (let position = from; position < text.length; position++) {
		const character = text[position];
		if (isInText) {
			if (character === '\\') position++;
			else if (character === '"') isInText = false;
		} else if (character === '"') isInText = true;
		else if (character === '{') depth++;
		else if (character === '}' && --depth === 0) return position + 1;
	}
	return undefined;
}
