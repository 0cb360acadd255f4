/** The names of a recording's files: `NAME-001.jsonl`, `NAME-002.jsonl`, and so on. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const ENDING = '.jsonl';
const PART = /^(.+)-(\d{3,})\.jsonl$/;

/** @param part from 1. */
export function partName(baseName: string, part: number): string {
  return `${baseName}-${String(part).padStart(3, '0')}${ENDING}`;
}

/**
 * All files of the recording that this is a part of, in their order; the file alone if its name is no part's.
 *
 * @throws what the file system throws for its folder.
 */
export async function partsWith(file: string): Promise<string[]> {
  const baseName = PART.exec(basename(file))?.[1];
  if (baseName === undefined) return [file];
  const folder = dirname(file);
  const parts: { name: string; part: number }[] = [];
  for (const name of await readdir(folder)) {
    const match = PART.exec(name);
    if (match?.[1] === baseName) parts.push({ name, part: Number(match[2]) });
  }
  return parts.sort((a, b) => a.part - b.part).map(({ name }) => join(folder, name));
}
