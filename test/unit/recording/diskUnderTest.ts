/** A disk in memory that holds its writes back, takes little at a time, or is full, as a test wants it. */
import type { Files, WritableFile } from '../../../src/recording/files.ts';

export class DiskUnderTest implements Files {
  /** What was written to each file, in the order in which they were made. */
  readonly contents = new Map<string, Uint8Array[]>();
  /** What was asked of it besides writing, in order: `create a`, `sync a`, `close a`, `rename a b`, `remove a`. */
  readonly calls: string[] = [];
  /** Bytes that there is room for. */
  roomBytes = Number.POSITIVE_INFINITY;
  /** Bytes that one call takes at most. */
  mostBytesAtOnce = Number.POSITIVE_INFINITY;
  /** What the next call of this name throws. */
  faults = new Map<'create' | 'sync' | 'close' | 'rename' | 'remove', Error>();
  #held: (() => void)[] | undefined;

  text(file: string): string {
    return Buffer.concat(this.contents.get(file) ?? []).toString();
  }

  /** From now on writes wait until they are released. */
  hold(): void {
    this.#held ??= [];
  }

  get heldWrites(): number {
    return this.#held?.length ?? 0;
  }

  /** The writes that wait take place; others wait no more. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const write of held) write();
  }

  async create(file: string): Promise<WritableFile> {
    this.#call('create', file);
    if (this.contents.has(file)) throw faultOf('EEXIST');
    const pieces: Uint8Array[] = [];
    this.contents.set(file, pieces);
    let isOpen = true;
    return {
      write: async (bytes) => {
        if (this.#held !== undefined) await new Promise<void>((resolve) => this.#held?.push(resolve));
        const count = Math.min(bytes.length, this.roomBytes, this.mostBytesAtOnce);
        if (count === 0) throw faultOf('ENOSPC');
        this.roomBytes -= count;
        pieces.push(bytes.slice(0, count));
        return count;
      },
      sync: async () => this.#call('sync', file),
      close: async () => {
        if (isOpen) this.#call('close', file);
        isOpen = false;
      },
    };
  }

  async resolve(file: string): Promise<string> {
    return file;
  }

  async rename(from: string, to: string): Promise<void> {
    this.#call('rename', from, to);
    this.contents.set(to, this.contents.get(from) ?? []);
    this.contents.delete(from);
  }

  async remove(file: string): Promise<void> {
    this.#call('remove', file);
    this.contents.delete(file);
  }

  #call(name: 'create' | 'sync' | 'close' | 'rename' | 'remove', ...paths: string[]): void {
    this.calls.push([name, ...paths].join(' '));
    const fault = this.faults.get(name);
    this.faults.delete(name);
    if (fault !== undefined) throw fault;
  }
}

/** As Node's file system throws it. */
export function faultOf(code: string): Error {
  return Object.assign(new Error(`${code}: it failed, write`), { code, syscall: 'write' });
}
