/**
 * HOT PATH. Joins what one turn of the event loop wrote, so that it leaves in one system call.
 *
 * Small chunks are copied together, large ones stay as they are. Measured on loopback, CPU per chunk: 500 chunks of
 * 80 bytes cost 107 ns each copied and 304 ns each in a `writev`; 20 chunks of 5,000 bytes cost 4.3 µs each copied
 * and 2.7 µs in a `writev`. The two cross near 4 KiB.
 */

/** A chunk of this size or more is not copied. */
export const COPY_LIMIT_BYTES = 4096;

/** The same bytes in the same order, in as few pieces as it pays. `chunks` is not changed, and not kept. */
export function coalesce(chunks: readonly Uint8Array[], totalBytes: number): readonly Uint8Array[] {
  if (chunks.length === 1) return chunks;
  if (totalBytes < COPY_LIMIT_BYTES) return [Buffer.concat(chunks, totalBytes)];

  const pieces: Uint8Array[] = [];
  let runStart = 0;
  for (let i = 0; i <= chunks.length; i++) {
    const chunk = chunks[i];
    if (chunk !== undefined && chunk.length < COPY_LIMIT_BYTES) continue;
    if (i > runStart)
      pieces.push(i - runStart === 1 ? chunks[runStart]! : Buffer.concat(chunks.slice(runStart, i))); // runStart < i <= length
    if (chunk !== undefined) pieces.push(chunk);
    runStart = i + 1;
  }
  return pieces;
}

/**
 * The same bytes for a socket that keeps them until it can send: in memory of their own, where they are a small part of
 * some that they would hold on to.
 */
export function withoutNeighbours(piece: Uint8Array): Uint8Array {
  return piece.buffer.byteLength > 2 * piece.length ? new Uint8Array(piece) : piece;
}
