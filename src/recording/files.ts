/** Files to write to, as something that can be handed in: Node's in the product, a full or slow disk's in tests. */
import { open, realpath, rename, unlink } from 'node:fs/promises';

export interface WritableFile {
  /** Returns how many bytes were written: a disk may take less than all. */
  write(bytes: Uint8Array): Promise<number>;
  /** Resolves when what was written is on the disk, where a power cut does not take it. */
  sync(): Promise<void>;
  /** A second time does nothing. */
  close(): Promise<void>;
}

/** All of these throw as Node's do. */
export interface Files {
  /** A new file; fails if it is there. */
  create(file: string): Promise<WritableFile>;
  /** The file that a path leads to over links; the path itself if there is none. */
  resolve(file: string): Promise<string>;
  /** Replaces what is there. */
  rename(from: string, to: string): Promise<void>;
  remove(file: string): Promise<void>;
}

export const nodeFiles: Files = {
  async create(file) {
    const handle = await open(file, 'wx');
    return {
      write: async (bytes) => (await handle.write(bytes)).bytesWritten,
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  },
  async resolve(file) {
    try {
      return await realpath(file);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return file;
      throw error;
    }
  },
  rename,
  remove: unlink,
};

/** Writes all of it, however little the disk takes at a time. `onWritten` is told each time, in bytes. */
export async function writeAll(
  file: WritableFile,
  bytes: Uint8Array,
  onWritten?: (count: number) => void,
): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const count = await file.write(bytes.subarray(at));
    onWritten?.(count);
    at += count;
  }
}
