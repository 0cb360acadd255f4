/**
 * Byte literals that can be read: `hex` for annotated fields, `framed` where the Remaining Length is not the point.
 */

/**
 * Bytes from text: pairs of hex digits, and "text" for its UTF-8. What follows a # on a line is a note.
 *
 *     hex(`
 *       10 0D             # CONNECT, 13 bytes follow
 *       00 04 "MQTT" 04   # protocol name and level
 *     `)
 */
export function hex(text: string): Buffer {
  const parts: Buffer[] = [];
  for (const line of text.split('\n')) {
    for (const token of line.match(/"[^"]*"|#.*|[^\s"#]+/g) ?? []) {
      if (token.startsWith('#')) continue;
      if (token.startsWith('"')) parts.push(Buffer.from(token.slice(1, -1)));
      else if (/^([0-9a-f]{2})+$/i.test(token)) parts.push(Buffer.from(token, 'hex'));
      else throw new Error(`not hex digits or "text": ${token}`);
    }
  }
  return Buffer.concat(parts);
}

/** A packet of this first byte and body, with the Remaining Length between them. */
export function framed(firstByte: number, body: string | Uint8Array): Buffer {
  const bytes = typeof body === 'string' ? hex(body) : body;
  const length: number[] = [];
  let rest = bytes.length;
  do {
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.from([firstByte, ...length]), bytes]);
}
