/**
 * A file that is written part by part, and appears under its name when it is whole.
 *
 * What stood there before stays until then, and when the writing is given up. Errors are those of the system.
 */
import { type FileHandle, open, rename, rm } from 'node:fs/promises';

const ENDING = '.part';

export class PartFile {
  readonly #path: string;
  readonly #handle: FileHandle;

  /**
   * @param mode of the file, whatever that of the one before it: 0o600 is for its owner alone.
   * @throws as the system does: the folder is not there, may not be written, …
   */
  static async create(path: string, mode?: number): Promise<PartFile> {
    const part = `${path}${ENDING}`;
    // A mode is that of a new file. One that was left half written keeps its own.
    if (mode !== undefined) await rm(part, { force: true });
    return new PartFile(path, await open(part, 'w', mode));
  }

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  async write(part: Uint8Array): Promise<void> {
    await this.#handle.writeFile(part);
  }

  async finish(): Promise<void> {
    await this.#handle.close();
    await rename(`${this.#path}${ENDING}`, this.#path);
  }

  async discard(): Promise<void> {
    await this.#handle.close();
    await rm(`${this.#path}${ENDING}`, { force: true });
  }
}
