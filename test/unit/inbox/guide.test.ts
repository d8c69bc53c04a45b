import { expect, test } from '@jest/globals';
import { instructedExamples } from '../../../dev/demo/guide';
import { exampleNames } from '../../../dev/examples';

test('The demo says for each example what to do and what then arrives', () => {
	expect(exampleNames.filter((name) => !instructedExamples.includes(name))).toEqual([]);
});
