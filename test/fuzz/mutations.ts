/**
 * Valid packets, broken in the ways that decoders break on: bits, lengths, cuts, repeats, splices. Most results get a
 * Remaining Length that fits again, or nothing but the framing would ever see them.
 */
import type { SeededRandom } from '../support/random.ts';

/** Where fields begin and end: borders of one and two bytes, of signs, and of Variable Byte Integers. */
const telling = [0x00, 0x01, 0x02, 0x03, 0x7f, 0x80, 0x81, 0xc0, 0xed, 0xef, 0xf8, 0xfe, 0xff];
/** Chance that a broken packet keeps a Remaining Length that does not fit: one in so many. */
const UNFRAMED = 4;

/** @param packet whole, fixed header included. @param other what is spliced in. */
export function mutated(random: SeededRandom, packet: Uint8Array, other: Uint8Array): Uint8Array {
  let bytes = packet;
  for (let i = random.pick([1, 1, 1, 2, 3, 6]); i > 0; i--) bytes = mutatedOnce(random, bytes, other);
  return random.integer(1, UNFRAMED) === 1 ? bytes : reframed(random, bytes);
}

function mutatedOnce(random: SeededRandom, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const at = random.integer(0, Math.max(0, bytes.length - 1));
  const count = random.pick([1, 1, 2, 3, 8, 40]);
  switch (random.integer(0, 8)) {
    case 0: // a bit
      return withByte(bytes, at, (bytes[at] ?? 0) ^ (1 << random.integer(0, 7)));
    case 1: // a byte
      return withByte(bytes, at, random.pick(telling));
    case 2: // one more or less, as a length that is wrong
      return withByte(bytes, at, (bytes[at] ?? 0) + random.pick([-1, 1]));
    case 3: // two bytes of a length
      return withByte(withByte(bytes, at, random.pick([0, 0, 0xff, 0x7f])), at + 1, random.pick(telling));
    case 4: // something in between
      return joined(bytes.subarray(0, at), random.bytes(count), bytes.subarray(at));
    case 5: // something missing
      return joined(bytes.subarray(0, at), bytes.subarray(at + count));
    case 6: // something twice, as a property
      return joined(bytes.subarray(0, at + count), bytes.subarray(at));
    case 7: // cut
      return bytes.slice(0, at);
    default: // another packet's end
      return joined(bytes.subarray(0, at), other.subarray(random.integer(0, other.length)));
  }
}

/** With the Remaining Length that its body has; at times written in more bytes than need be. */
function reframed(random: SeededRandom, bytes: Uint8Array): Uint8Array {
  let bodyAt = 1;
  while (bodyAt < 5 && bodyAt < bytes.length && bytes[bodyAt]! >= 0x80) bodyAt++; // bodyAt < length
  const body = bytes.subarray(Math.min(bytes.length, bodyAt + 1));
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  } while (rest > 0);
  const padding = random.integer(0, 15) === 0 ? random.integer(0, 4 - length.length) : 0;
  for (let i = 0; i < padding; i++) length.push(0x80);
  length.push(length.pop()! & 0x7f); // one at least was pushed
  return joined(Uint8Array.of(bytes[0] ?? 0, ...length), body);
}

function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = Buffer.from(bytes);
  if (at < copy.length) copy[at] = value;
  return copy;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}
