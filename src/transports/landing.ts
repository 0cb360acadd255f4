/**
 * HOT PATH. Reads sockets into one buffer, the same for all of them.
 *
 * Node makes 64 KiB of memory for each read, shrinks it to what came, and leaves it to the collector. Clients may hand it
 * a buffer of their own instead (`onread`); a server's sockets are made of the same, without the option, and get it here
 * (docs/decisions/0013). As `Transport` lends bytes for the length of one call, one buffer is enough: what was read is
 * dealt with before anything else is.
 */
import type { Socket } from 'node:net';

/** As much as Node itself reads at once. */
const LANDING_BYTES = 64 * 1024;

/** Written over by the next read of any socket. Not of Node's pool, whose memory others hold parts of. */
const landing = Buffer.allocUnsafeSlow(LANDING_BYTES);

export interface Reader {
  /** What was read, borrowed until it returns. @returns false: nothing more, until the socket is resumed. */
  take(bytes: Uint8Array): boolean;
  /** Where the next bytes are to be read to, asked after each `take`. Undefined: anywhere. */
  room(): Uint8Array | undefined;
}

/** Where a socket has the parts of `onread`. */
interface Fields {
  readonly buffer: symbol;
  readonly callback: symbol;
  readonly nextBuffer: symbol;
}

/**
 * From here on, what the socket reads goes to `reader`, and nothing of it to the stream. Its end, its errors and its pauses
 * remain the stream's.
 *
 * @param socket accepted, and not read from yet.
 * @returns false where this version of Node has no such thing: the socket is as it was.
 */
export function readIntoLanding(socket: Socket, reader: Reader): boolean {
  // Looked at before it is used.
  const { _handle: handle } = socket as { _handle?: { useUserBuffer?: (buffer: Uint8Array) => void } | null };
  const fields = fieldsOf(socket);
  if (typeof handle?.useUserBuffer !== 'function' || fields === undefined) return false;
  let current: Uint8Array = landing;
  const parts = socket as unknown as Record<symbol, unknown>; // a socket is an object, and these are in it
  parts[fields.buffer] = landing;
  parts[fields.callback] = (length: number): boolean => reader.take(current.subarray(0, length));
  parts[fields.nextBuffer] = (): Uint8Array | undefined => {
    const wanted = reader.room() ?? landing;
    if (wanted === current) return undefined;
    current = wanted;
    return wanted;
  };
  handle.useUserBuffer(landing);
  return true;
}

let known: Fields | undefined;

function fieldsOf(socket: Socket): Fields | undefined {
  if (known !== undefined) return known;
  const symbols = Object.getOwnPropertySymbols(socket);
  const [buffer, callback, nextBuffer] = ['kBuffer', 'kBufferCb', 'kBufferGen'].map((name) =>
    symbols.find(({ description }) => description === name),
  );
  if (buffer !== undefined && callback !== undefined && nextBuffer !== undefined)
    known = { buffer, callback, nextBuffer };
  return known;
}
