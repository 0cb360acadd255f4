/**
 * What every decoder wants to know of a payload before it offers itself, found out once: whether it is text, and what
 * the publisher said of it. From the first bytes alone.
 */
import { isUtf8 } from 'node:buffer';
import { hasBinaryControls } from '../base/binaryText.ts';
import { completeUtf8Length } from '../base/utf8.ts';
import type { DecoderInput } from './decoder.ts';

/** Offers look at no more than this. */
export const headBytes = 64 * 1024;

export interface PayloadTraits {
  /** The payload's first bytes. */
  head: Uint8Array;
  /** The payload goes on after the head. */
  isHeadCut: boolean;
  /** The head is UTF-8 and holds no control characters that text has no use for. Also of an empty payload. */
  isText: boolean;
  /** The head's characters, a byte order mark among them; empty where it is not UTF-8. */
  text: string;
  /** The PUBLISH's Content Type in lower case, without parameters; empty when it has none. */
  mediaType: string;
}

export function traitsOf(input: DecoderInput): PayloadTraits {
  const head = input.payload.subarray(0, headBytes);
  const isHeadCut = input.isCut || head.length < input.payload.length;
  const whole = isHeadCut ? head.subarray(0, completeUtf8Length(head)) : head;
  // Asked first: a decoder's exception costs more than all offers together.
  const text = isUtf8(whole)
    ? Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength).toString()
    : undefined;
  return {
    head,
    isHeadCut,
    isText: text !== undefined && !hasBinaryControls(text),
    text: text ?? '',
    mediaType: (input.contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '',
  };
}

/** `application/cbor`, `application/senml+cbor`, `application/x-cbor` for `cbor`. */
export function saysMediaType(traits: PayloadTraits, ...names: readonly string[]): boolean {
  const subtype = traits.mediaType.slice(traits.mediaType.indexOf('/') + 1).replace(/^(?:x-|vnd\.)/, '');
  return names.some((name) => subtype === name || subtype.endsWith(`+${name}`));
}
