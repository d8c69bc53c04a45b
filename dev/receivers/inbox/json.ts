/**
 * The first objects in a text that contains JSON: an array, lines, or objects one after another, as log tools take
 * them. The text may be cut off.
 */
export function firstObjects(text: string, max: number): object[] {
	const objects: object[] = [];
	let start = -1;
	let depth = 0;
	let isInString = false;
	for (let index = 0; index < text.length && objects.length < max; index++) {
		const character = text[index];
		if (isInString) {
			if (character === '\\') index++;
			else if (character === '"') isInString = false;
		} else if (character === '"') {
			isInString = true;
		} else if (character === '{') {
			if (depth++ === 0) start = index;
		} else if (character === '}' && depth > 0 && --depth === 0) {
			const object = parse(text.slice(start, index + 1));
			if (!object) return objects;
			objects.push(object);
		}
	}
	return objects;
}

function parse(text: string): object | undefined {
	try {
		return JSON.parse(text) as object;
	} catch {
		return undefined;
	}
}
