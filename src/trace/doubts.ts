/**
 * What the standard allows and firmware rarely means: a packet that is well-formed, and whose bytes show a mistake.
 *
 * Only what the bytes of one packet show beyond reasonable doubt: what a device does over time is others' to watch.
 */
import type { PacketKind } from '../mqtt/packets.ts';
import type { ExplainedField } from './explainedPacket.ts';
import { shownText, textOf } from './shownValue.ts';

export interface PacketDoubt {
  /** The bytes that it is about: offsets in the packet, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  /** What was seen, and what was perhaps meant. */
  readonly message: string;
}

/** @param bytes a packet that the decoder takes. @param fields all of its fields. */
export function doubtsOf(
  bytes: Uint8Array,
  fields: readonly ExplainedField[],
  kind: PacketKind | undefined,
): PacketDoubt[] {
  const doubts = new Doubts(bytes, fields);
  if (kind === 'connect') {
    doubts.keepAlive();
    doubts.emptyClientId();
    for (const name of ['Client Identifier', 'Will Topic', 'User Name']) doubts.blanks(name);
    for (const name of ['Password', 'Will Payload']) doubts.terminatingNul(name, LENGTH_BYTES);
  } else if (kind === 'publish') {
    doubts.blanks('Topic Name');
    doubts.propertyLength();
    doubts.terminatingNul('Payload', 0);
  } else if (kind === 'subscribe' || kind === 'unsubscribe') doubts.blanks('Topic Filter');
  return doubts.found;
}

/** Before a string, and before binary data. */
const LENGTH_BYTES = 2;
/** Over an hour: more than the networks of devices keep a connection that is silent. */
const LONG_KEEP_ALIVE_SECONDS = 4096;
const USUAL_KEEP_ALIVE_SECONDS = 1024;
/** What is looked at of a text before a 0: a payload may be hundreds of megabytes. */
const MAX_TEXT_BYTES = 1024;
/** Of a list of topic filters, so many are looked at. */
const MAX_FILTERS = 50;

class Doubts {
  readonly found: PacketDoubt[] = [];
  readonly #bytes: Uint8Array;
  readonly #fields: readonly ExplainedField[];

  constructor(bytes: Uint8Array, fields: readonly ExplainedField[]) {
    this.#bytes = bytes;
    this.#fields = fields;
  }

  keepAlive(): void {
    const [field] = this.#named('Keep Alive');
    if (field === undefined) return;
    const [high = 0, low = 0] = this.#bytes.subarray(field.start, field.end);
    const [seconds, swapped] = [high * 256 + low, low * 256 + high];
    if (seconds < LONG_KEEP_ALIVE_SECONDS || swapped === 0 || swapped >= USUAL_KEEP_ALIVE_SECONDS) return;
    this.#add(
      field,
      `Keep Alive is ${seconds} s. Its two bytes are most significant first; the other way round they would be ${swapped} s. Often an integer was copied in the processor's byte order.`,
    );
  }

  /** [MQTT-3.1.3-7] and [MQTT-3.1.3-8] of 3.1.1. In 5.0 the server assigns one. */
  emptyClientId(): void {
    const [id] = this.#named('Client Identifier');
    const [flags] = this.#named('Connect Flags');
    const isOlder = this.#bytes[(flags?.start ?? 1) - 1] !== 5;
    const isClean = ((this.#bytes[flags?.start ?? 0] ?? 0) & 0x02) !== 0;
    if (id === undefined || id.end - id.start > LENGTH_BYTES || !isOlder || isClean) return;
    this.#add(
      id,
      'The client identifier is empty and Clean Session is 0: a server can not know whose session it is, and refuses with return code 2. Send an identifier of the device, or set Clean Session.',
    );
  }

  /** A string with a space or a line end around it, or a control character in it. */
  blanks(name: string): void {
    for (const { start, end } of this.#named(name).slice(0, MAX_FILTERS)) {
      const textStart = start + LENGTH_BYTES;
      const text = textOf(this.#bytes, textStart, end);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
      if (!/^\s|\s$|[\u0001-\u001f\u007f]/.test(text)) continue;
      this.#add(
        { start: textStart, end },
        `The ${name} is ${shownText(this.#bytes, textStart, end)}, with a space, a line end or a control character that few mean: to MQTT it is another one than without. Often a line was read from a file or a terminal and not trimmed.`,
      );
    }
  }

  /** A PUBLISH of 3.1.1 with the empty properties of 5.0, which are then a part of its payload. */
  propertyLength(): void {
    const [payload] = this.#named('Payload');
    if (payload === undefined || this.#named('Properties').length > 0) return;
    const { start, end } = payload;
    if (this.#bytes[start] !== 0 || end - start < 2 || !this.#isText(start + 1, end)) return;
    this.#add(
      { start, end: start + 1 },
      'The payload is a text with a 0 before it. Often that is the Property Length of MQTT 5.0 over a connection of 3.1.1, where it is a part of the payload.',
    );
  }

  /** @param skip bytes of length before the content. */
  terminatingNul(name: string, skip: number): void {
    const [field] = this.#named(name);
    if (field === undefined) return;
    const [start, end] = [field.start + skip, field.end];
    // Binary content ends in 0 as it likes: only behind printable ASCII is it a C string's.
    if (end - start < 2 || this.#bytes[end - 1] !== 0 || !this.#isText(start, end - 1)) return;
    this.#add(
      { start: end - 1, end },
      `The ${name} is a text with a 0 behind it, which is a character of its own to who gets it. Often the length counts the terminating 0 of a C string (sizeof instead of strlen).`,
    );
  }

  /** Printable ASCII, as far as it is looked at. */
  #isText(start: number, end: number): boolean {
    for (let i = Math.max(start, end - MAX_TEXT_BYTES); i < end; i++) {
      const byte = this.#bytes[i] ?? 0; // i < end
      if ((byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || byte > 0x7e) return false;
    }
    return true;
  }

  /** Of a SUBSCRIBE, within each of its subscriptions. */
  #named(name: string): ExplainedField[] {
    return this.#fields.flatMap((field) =>
      field.name === name
        ? [field]
        : field.name === 'Subscription'
          ? (field.children ?? []).filter((child) => child.name === name)
          : [],
    );
  }

  #add({ start, end }: { readonly start: number; readonly end: number }, message: string): void {
    this.found.push({ start, end, message });
  }
}
