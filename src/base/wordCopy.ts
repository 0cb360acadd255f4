/**
 * HOT PATH. Copies some bytes from one large buffer to another, eight at a time.
 *
 * Each call of the runtime to copy bytes makes a view of them first, which costs 50 ns and an object to collect, whatever
 * their number. A view of the whole source serves all the messages that came in it: 64 bytes take 31 ns then. Two sources
 * are known at a time, since a trace copies in turn from what came and from what goes. Optimized code makes no BigInt of a
 * word that is only handed on.
 */
import { copyBytes } from './copyBytes.ts';

/** From here on the runtime is faster. Measured. */
const MAX_BYTES = 112;

/** A source, and the view of all of it. */
interface Source {
  bytes: Uint8Array | undefined;
  view: DataView;
}

const noView = new DataView(new ArrayBuffer(0));

export class WordCopy {
  /** Of the last calls: pinned until others come; each as large as a read of a socket, mostly. */
  readonly #one: Source = { bytes: undefined, view: noView };
  readonly #other: Source = { bytes: undefined, view: noView };
  #wasOne = false;

  /** @param targetView of all of `target`. The room must be there. */
  copy(
    source: Uint8Array,
    start: number,
    end: number,
    target: Uint8Array,
    targetView: DataView,
    at: number,
  ): void {
    if (end - start > MAX_BYTES) {
      copyBytes(source, start, end, target, at);
      return;
    }
    const isOne = source === this.#one.bytes || (source !== this.#other.bytes && !this.#wasOne);
    this.#wasOne = isOne;
    const known = isOne ? this.#one : this.#other;
    if (source !== known.bytes) {
      known.bytes = source;
      known.view = new DataView(source.buffer, source.byteOffset, source.length);
    }
    const sourceView = known.view;
    let from = start;
    let to = at;
    // In the order of the bytes of most machines, so that none are swapped: they are copied, whatever they are.
    for (; from + 8 <= end; from += 8, to += 8)
      targetView.setBigInt64(to, sourceView.getBigInt64(from, true), true);
    for (; from < end; from++, to++) target[to] = source[from]!; // from < end
  }
}
