import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The project's folder. */
export const ROOT = path.join(__dirname, '../..');

/** @param file a path within the project */
export const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
