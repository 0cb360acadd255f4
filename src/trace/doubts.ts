/**
 * What the standard allows and firmware rarely means: a packet that is well-formed, and whose bytes show a mistake.
 */
import type { PacketKind } from '../mqtt/packets.ts';
import type { ExplainedField } from './explainedPacket.ts';

export interface PacketDoubt {
  /** The bytes that it is about: offsets in the packet, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  /** What was seen, and what was perhaps meant. */
  readonly message: string;
}

/** @param bytes a packet that the decoder takes. */
export function doubtsOf(
  bytes: Uint8Array,
  fields: readonly ExplainedField[],
  kind: PacketKind | undefined,
): PacketDoubt[] {
  if (kind === 'connect') return connectDoubts(bytes, fields);
  return kind === 'publish' ? publishDoubts(bytes, fields) : [];
}

const LONG_KEEP_ALIVE_SECONDS = 4096;

function connectDoubts(bytes: Uint8Array, fields: readonly ExplainedField[]): PacketDoubt[] {
  const doubts: PacketDoubt[] = [];
  const keepAlive = fields.find(({ name }) => name === 'Keep Alive');
  if (keepAlive !== undefined) {
    const { start, end } = keepAlive;
    const [high = 0, low = 0] = bytes.subarray(start, end);
    const seconds = high * 256 + low;
    const swapped = low * 256 + high;
    if (seconds >= LONG_KEEP_ALIVE_SECONDS && swapped > 0 && swapped < 1024) {
      doubts.push({
        start,
        end,
        message: `Keep Alive is ${seconds} s. Its two bytes are most significant first; the other way round they would be ${swapped} s. Often an integer was copied in the processor's byte order.`,
      });
    }
  }
  return doubts;
}

/** What is looked at before a 0: a payload may be hundreds of megabytes. */
const MAX_TEXT_BYTES = 1024;

function publishDoubts(bytes: Uint8Array, fields: readonly ExplainedField[]): PacketDoubt[] {
  const payload = fields.find(({ name }) => name === 'Payload');
  if (payload === undefined) return [];
  const { start, end } = payload;
  if (end - start < 2 || bytes[end - 1] !== 0) return [];
  // Binary payloads end in 0 as they like: only behind printable ASCII is it a C string's.
  for (let i = Math.max(start, end - 1 - MAX_TEXT_BYTES); i < end - 1; i++) {
    const byte = bytes[i] ?? 0;
    if ((byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || byte > 0x7e) return [];
  }
  return [
    {
      start: end - 1,
      end,
      message:
        'The payload is a text with a 0 behind it, which subscribers get as a character of its own. Often the length counts the terminating 0 of a C string (sizeof instead of strlen).',
    },
  ];
}
