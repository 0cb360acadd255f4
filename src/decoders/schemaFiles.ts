/**
 * Schema files, read once and kept until one of them changes: what is compiled from a file, and which files that took.
 * A failure is kept too, so that a thousand messages don't each ask the disk for a file that is not there.
 */
import { messageOf } from '../base/messageOf.ts';
import { DecodeProblem } from './decodeProblem.ts';
import { mebibyte } from './decoder.ts';

/** Rejects where there is no such file. */
export type ReadFile = (path: string) => Promise<Uint8Array>;

/** Reads a text, and remembers that it was asked for. Rejects where there is none. */
export type ReadSource = (path: string) => Promise<string>;

const maxKept = 200;
const maxFileBytes = 4 * mebibyte;

interface Kept {
  compiled: Promise<unknown>;
  /** Asked for, found or not. */
  paths: Set<string>;
}

export class SchemaFiles {
  readonly #includeFolders: () => readonly string[];
  readonly #readFile: ReadFile;
  /** By kind and path; the one asked for longest ago first. */
  readonly #kept = new Map<string, Kept>();

  constructor(readFile: ReadFile, includeFolders: () => readonly string[]) {
    this.#readFile = readFile;
    this.#includeFolders = includeFolders;
  }

  get includeFolders(): readonly string[] {
    return this.#includeFolders();
  }

  /** @param kind Of schema: the same file may be compiled to two things. */
  compiled<T>(kind: string, path: string, compile: (read: ReadSource) => Promise<T>): Promise<T> {
    const key = `${kind} ${path}`;
    const kept = this.#kept.get(key);
    if (kept) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept.compiled as Promise<T>; // one kind compiles to one type
    }
    const paths = new Set<string>();
    const compiled = compile((asked) => {
      paths.add(asked);
      return this.#read(asked);
    });
    // Who asked hears of the failure; kept, it must not count as unhandled.
    compiled.catch(() => {});
    this.#kept.set(key, { compiled, paths });
    if (this.#kept.size > maxKept) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    return compiled;
  }

  invalidate(path?: string): void {
    if (path === undefined) this.#kept.clear();
    else for (const [key, { paths }] of this.#kept) if (paths.has(path)) this.#kept.delete(key);
  }

  async #read(path: string): Promise<string> {
    const bytes = await this.#readFile(path);
    if (bytes.length > maxFileBytes)
      throw new DecodeProblem(`${path} is longer than 4 MiB: no schema is.`, { file: path });
    return new TextDecoder().decode(bytes);
  }
}

/** For the file that the person named. */
export function cannotRead(path: string, error: unknown): DecodeProblem {
  if (error instanceof DecodeProblem) return error;
  return new DecodeProblem(`The schema ${path} can't be read: ${messageOf(error)}`, { file: path });
}
