/**
 * A file that is there as a whole or not at all: it is written beside its place under another name, and takes the place of
 * what was there when it is on the disk.
 */
import { randomBytes } from 'node:crypto';
import type { Files, WritableFile } from './files.ts';

export class DraftFile {
  /** To write to. */
  readonly content: WritableFile;
  readonly #files: Files;
  readonly #draft: string;
  readonly #target: string;

  /** @param file what is there is replaced; where it is a link, what it leads to. */
  static async create(files: Files, file: string): Promise<DraftFile> {
    const target = await files.resolve(file);
    const draft = `${target}.${randomBytes(6).toString('hex')}.partial`;
    return new DraftFile(files, draft, target, await files.create(draft));
  }

  private constructor(files: Files, draft: string, target: string, content: WritableFile) {
    this.content = content;
    this.#files = files;
    this.#draft = draft;
    this.#target = target;
  }

  /** All of it is written. The file is on the disk, and closed, before it takes its place. */
  async takePlace(): Promise<void> {
    await this.content.sync();
    await this.content.close();
    await this.#files.rename(this.#draft, this.#target);
  }

  /** Whether it succeeds or not: this follows a failure, and that of a disk may well go on. */
  async discard(): Promise<void> {
    // Closed first, or Windows would not let it go.
    await Promise.allSettled([this.content.close()]);
    await Promise.allSettled([this.#files.remove(this.#draft)]);
  }
}
