/** A ByteSink that keeps what it gets, as one packet: for who looks at a packet that many share. */
import type { ByteSink } from './publishForm.ts';

export class GatheredPacket implements ByteSink {
  readonly chunks: Uint8Array[] = [];
  page: Uint8Array = new Uint8Array(0);

  write(bytes: Uint8Array): void {
    this.chunks.push(bytes);
  }

  copy(bytes: Uint8Array, start: number, end: number): number {
    this.page = new Uint8Array(bytes.subarray(start, end));
    this.chunks.push(this.page);
    return 0;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}
